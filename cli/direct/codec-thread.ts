// What a thread that reads a vault does: a small piece of the bundle, for each thread loads it anew.
import '../../direct/codec-thread';
