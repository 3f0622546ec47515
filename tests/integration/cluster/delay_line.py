"""Carries frames between two interfaces of this network namespace, late and not all of them: for
kernels without tc netem.

    delay_line.py ONE OTHER DELAY_SECONDS LOSS_SHARE
"""
import collections
import random
import select
import socket
import sys
import time

# From linux/if_packet.h: every frame carries what the sending kernel left undone (checksum,
# segmentation), so that the receiving one takes it as it would from the interface itself.
SOL_PACKET, PACKET_VNET_HDR, VNET_HDR_SIZE = 263, 15, 10
PACKET_OUTGOING = 4
ETH_P_ALL = 3
LARGEST_FRAME = VNET_HDR_SIZE + 65536 + 64


def open_interface(name):
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    opened.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
    opened.bind((name, ETH_P_ALL))
    opened.setblocking(False)
    return opened


def main(one, other, delay, loss):
    ends = [open_interface(one), open_interface(other)]
    opposite = {ends[0]: ends[1], ends[1]: ends[0]}
    late = collections.deque()  # (when, where, frame), in order: all wait equally long
    chance = random.Random(1)
    print("ready", flush=True)
    while True:
        patience = max(0.0, late[0][0] - time.monotonic()) if late else None
        readable, _, _ = select.select(ends, [], [], patience)
        now = time.monotonic()
        for end in readable:
            frame, sender = end.recvfrom(LARGEST_FRAME)
            if sender[2] != PACKET_OUTGOING and chance.random() >= loss:
                late.append((now + delay, opposite[end], frame))
        while late and late[0][0] <= now:
            _, where, frame = late.popleft()
            try:
                where.send(frame)
            except BlockingIOError:
                pass  # a full queue loses frames, as a real one does


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
