#!/usr/bin/env python3
"""Restores a disk of a recovery point from a copy of a vault's container. Written from vault-format.md alone.

    reader.py VAULT-FOLDER                          lists the recovery points and their disks
    reader.py VAULT-FOLDER POINT DISK OUTPUT-FILE   writes the disk's raw bytes; zeros stay holes

Needs Python 3.8 and nothing else; the zstd command where Python has no zstd of its own (before 3.14).
"""
import hashlib
import json
import os
import struct
import subprocess
import sys

CHUNK, BLOCK, PER_SEGMENT = 4 << 20, 4096, 256
KIND = {"chunk": 1, "patch": 2, "segment": 3, "index": 4}


class Damaged(Exception):
    """Bytes of the vault are not what their name or the format says."""


def need(condition, name, problem):
    if not condition:
        raise Damaged("%s: %s" % (name, problem))


def unzstd(data, limit):
    try:
        from compression import zstd
        plain = zstd.ZstdDecompressor({zstd.DecompressionParameter.window_log_max: 23}).decompress(data, limit + 1)
    except ImportError:
        command = ["zstd", "-dcq", "--no-check", "-M8MB"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as zstd:
            plain, _ = zstd.communicate(data)
    return plain


def plain_of(sealed, kind, limit, name):
    """The plain content of one envelope."""
    need(len(sealed) >= 20, name, "shorter than an envelope")
    magic, version, its_kind, codec, encryption, length, stored, reserved = struct.unpack_from("<4sBBBBIII", sealed)
    need((magic, version, encryption, reserved) == (b"DVMB", 1, 0, 0), name, "not an envelope of version 1")
    need(its_kind == KIND[kind] and codec in (0, 1), name, "not a %s, or an unknown codec" % kind)
    need(length <= limit and stored == len(sealed) - 20, name, "wrong lengths")
    plain = unzstd(sealed[20:], length) if codec else sealed[20:]
    need(len(plain) == length, name, "does not inflate to its length")
    return plain


class Vault:
    def __init__(self, folder):
        self.folder = folder
        about = self.document("vault.json")
        known = (about.get("format"), about.get("formatVersion"), about.get("encryption"))
        need(known == ("durable-vm-backup", 1, "none"), "vault.json", "a format this reader does not know")
        self.packs = {}

    def read(self, name, limit):
        path = os.path.join(self.folder, *name.split("/"))
        need(os.path.isfile(path), name, "missing")
        need(os.path.getsize(path) <= limit, name, "too large")
        with open(path, "rb") as blob:
            return blob.read()

    def document(self, name):
        return json.loads(self.read(name, 4 << 20).decode("utf-8"))

    def content(self, folder, kind, name, limit):
        plain = plain_of(self.read("%s/%s" % (folder, name), limit + 1024), kind, limit, "%s/%s" % (folder, name))
        need(hashlib.sha256(plain).hexdigest() == name, "%s/%s" % (folder, name), "does not match its name")
        return plain

    def points(self):
        folder = os.path.join(self.folder, "points")
        ids = sorted(name[:-5] for name in (os.listdir(folder) if os.path.isdir(folder) else []) if name.endswith(".json"))
        return [i for i in ids if not os.path.exists(os.path.join(self.folder, "tombstones", i + ".json"))]

    def segment(self, name):
        """The entries of a segment: (base, content, patches); None for zeros."""
        data, at = self.content("segments", "segment", name, 8 << 20), 0

        def take(layout):
            nonlocal at
            need(at + struct.calcsize("<" + layout) <= len(data), name, "ends inside a field")
            values = struct.unpack_from("<" + layout, data, at)
            at += struct.calcsize("<" + layout)
            return values if len(values) > 1 else values[0]

        def runs_of_patch():
            runs = [take("HH") for _ in range(take("H"))]
            runs = [(first, count & 0x7FFF, count >> 15) for first, count in runs]
            free = 0
            for first, count, _ in runs:
                need(count > 0 and free <= first and first + count <= CHUNK // BLOCK, name, "bad run")
                free = first + count
            return runs

        def patch():
            runs = runs_of_patch()
            if all(zero for _, _, zero in runs):
                return runs, None
            pack, offset, length, digest, _, _ = take("HII32sHI")
            need(pack < len(packs) and offset + length <= packs[pack][1], name, "a patch outside its pack")
            return runs, (packs[pack][0], offset, length, digest.hex())

        entries = take("H")
        packs = [(digest.hex(), size) for digest, size in (take("32sI") for _ in range(take("H")))]
        for _ in range(take("H")):
            take("32s")
        segment = []
        need(entries <= PER_SEGMENT, name, "too many entries")
        for _ in range(entries):
            flags = take("B")
            base = take("32sHI")[0].hex() if flags & 1 else None
            content = take("32s").hex() if flags & 2 else None
            segment.append((base, content, [patch() for _ in range(flags >> 4)]) if flags else None)
        need(at == len(data), name, "bytes after its last field")
        return segment

    def patch_blocks(self, place, length):
        pack, offset, size, digest = place
        if pack not in self.packs:
            self.packs = {pack: self.read("packs/" + pack, 64 << 20)}
        plain = plain_of(self.packs[pack][offset:offset + size], "patch", length, "packs/" + pack)
        need(hashlib.sha256(plain).hexdigest() == digest and len(plain) == length, "packs/" + pack, "a damaged patch")
        return plain

    def chunk(self, base, content, patches):
        chunk = bytearray(self.content("chunks", "chunk", base, CHUNK) if base else CHUNK)
        need(len(chunk) == CHUNK, "chunks/%s" % base, "not one chunk long")
        for runs, place in patches:
            blocks = sum(count for _, count, zero in runs if not zero)
            data, used = (self.patch_blocks(place, blocks * BLOCK) if place else b""), 0
            for first, count, zero in runs:
                piece = bytes(count * BLOCK) if zero else data[used:used + count * BLOCK]
                chunk[first * BLOCK:(first + count) * BLOCK] = piece
                used += 0 if zero else count * BLOCK
        if content:
            need(hashlib.sha256(chunk).hexdigest() == content, content, "patches do not give the content")
        return chunk

    def restore(self, point, disk_id, path):
        disk = next(disk for disk in self.document("points/%s.json" % point)["disks"] if disk["diskId"] == disk_id)
        size = disk["sizeBytes"]
        index = self.content("indexes", "index", disk["index"], 2 << 20)
        need(len(index) == -(-size // (CHUNK * PER_SEGMENT)) * 32, disk["index"], "wrong length")
        with open(path, "wb") as out:
            out.truncate(size)
            for number in range(len(index) // 32):
                name = index[number * 32:number * 32 + 32]
                for place, entry in enumerate(self.segment(name.hex()) if any(name) else []):
                    start = (number * PER_SEGMENT + place) * CHUNK
                    if entry:
                        need(start < size, name.hex(), "an entry beyond the end of the disk")
                        out.seek(start)
                        out.write(self.chunk(*entry)[:size - start])


def main(arguments):
    if len(arguments) not in (1, 4):
        sys.exit(__doc__)
    vault = Vault(arguments[0])
    if len(arguments) == 4:
        vault.restore(*arguments[1:])
    for point in vault.points() if len(arguments) == 1 else []:
        for disk in vault.document("points/%s.json" % point)["disks"]:
            print(point, disk["diskId"], disk["sizeBytes"], disk["name"])


if __name__ == "__main__":
    main(sys.argv[1:])
