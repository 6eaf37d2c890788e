import { VHD_FOOTER_BYTES, vhdFooter } from '../../src/disks/vhd-footer';

/** Azure takes fixed VHDs of whole MiB. */
const VHD_GRAIN = 2 ** 20;

/** What comes behind the bytes of a disk in a fixed VHD: zeros to a whole MiB, and the footer. */
export function vhdTail(sizeBytes: number, identity: string): Buffer {
  const whole = Math.ceil(sizeBytes / VHD_GRAIN) * VHD_GRAIN;
  const tail = Buffer.alloc(whole - sizeBytes + VHD_FOOTER_BYTES);
  vhdFooter(whole, identity).copy(tail, whole - sizeBytes);
  return tail;
}
