"""The other ends of a bot's sockets, as a bench needs them: a WebSocket that can send faster than any exchange, and a door
before the sandbox's Telegram that notes when a request was written."""
import base64
import hashlib
import json
import re
import socket
import struct
import threading
import time

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SO_TIMESTAMPNS = 35  # of Linux: the kernel's own time of arrival with each read


def frame(payload, opcode=1):
    """A server's frame: whole and without a mask."""
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", 0x80 | opcode, size) + payload
    if size < 65536:
        return struct.pack("!BBH", 0x80 | opcode, 126, size) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, size) + payload


class Exchange:
    """Binance's WebSocket door: acknowledges subscriptions, and sends whatever it is given as fast as the bot reads."""

    def __init__(self, companion):
        self.companion = companion  # () -> a frame that proves the socket alive
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.peer, self.subscribed, self.pongs = None, threading.Event(), {}
        self.sending = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            peer, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = b""
        while b"\r\n\r\n" not in head:
            head += peer.recv(4096)
        key = re.search(rb"(?i)sec-websocket-key: *([^\r]+)", head)[1]
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        peer.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        self.peer = peer
        threading.Thread(target=self.keep_alive, args=(peer,), daemon=True).start()
        try:
            self.read(peer, head.split(b"\r\n\r\n", 1)[1])
        except OSError:
            pass  # the bot went away

    def keep_alive(self, peer):
        try:
            while True:
                with self.sending:
                    peer.sendall(self.companion())
                time.sleep(3)
        except OSError:
            pass

    def read(self, peer, rest):
        while True:
            while len(rest) < 2 or len(rest) < self.size_of(rest):
                more = peer.recv(65536)
                if not more:
                    return
                rest += more
            size = self.size_of(rest)
            whole, rest = rest[:size], rest[size:]
            start = {126: 4, 127: 10}.get(whole[1] & 0x7F, 2)
            mask, body = whole[start:start + 4], whole[start + 4:]
            text = bytes(byte ^ mask[at % 4] for at, byte in enumerate(body))
            self.heard(peer, whole[0] & 0x0F, text)

    @staticmethod
    def size_of(data):
        short = data[1] & 0x7F
        if short < 126:
            return 6 + short
        if len(data) < 10:
            return len(data) + 1
        return 8 + struct.unpack("!H", data[2:4])[0] if short == 126 else 14 + struct.unpack("!Q", data[2:10])[0]

    def heard(self, peer, opcode, text):
        if opcode == 10 and text in self.pongs:
            self.pongs.pop(text).set()
        if opcode == 9:
            with self.sending:
                peer.sendall(frame(text, 10))
        if opcode != 1:
            return
        message = json.loads(text)
        with self.sending:
            peer.sendall(frame(json.dumps({"result": None, "id": message["id"]}).encode()))
        self.subscribed.set()

    def send(self, data):
        """Answers the moment right before the bytes went to the kernel."""
        with self.sending:
            at = time.clock_gettime_ns(time.CLOCK_REALTIME)
            self.peer.sendall(data)
        return at

    def send_and_wait(self, data, seconds=120):
        """Seconds until the bot has read and handled all of it: it answers a ping in its turn, behind the rest."""
        word = f"done {time.monotonic_ns()}".encode()
        heard = self.pongs[word] = threading.Event()
        before = time.monotonic()
        self.send(data + frame(word, 9))
        if not heard.wait(seconds):
            raise SystemExit("the bot did not read what it was sent")
        return time.monotonic() - before


class TelegramDoor:
    """Passes everything on to the sandbox; (kernel's time of arrival, first bytes) of each request go to `requests`."""

    def __init__(self, sandbox_port, chat):
        self.sandbox_port, self.chat = sandbox_port, chat
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.port = self.listener.getsockname()[1]
        self.arrived, self.news = [], threading.Condition()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            peer, _ = self.listener.accept()
            inner = socket.create_connection(("127.0.0.1", self.sandbox_port))
            for one in (peer, inner):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            threading.Thread(target=self.requests, args=(peer, inner), daemon=True).start()
            threading.Thread(target=self.answers, args=(inner, peer), daemon=True).start()

    def requests(self, peer, inner):
        at, whole = None, b""
        while True:
            data, control, _, _ = peer.recvmsg(65536, 256)
            if not data:
                return inner.close()
            now = time.clock_gettime_ns(time.CLOCK_REALTIME)
            for level, kind, stamp in control:
                if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                    seconds, nanos = struct.unpack("qq", stamp[:16])
                    now = seconds * 1_000_000_000 + nanos
            inner.sendall(data)
            if not whole:
                at = now
            whole += data
            head, _, body = whole.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: *([0-9]+)", head)
            if not _ or len(body) < (int(length[1]) if length else 0):
                continue
            # A token must not be kept: the method's name and the chat are enough.
            if b"/sendMessage" in head.split(b"\r\n", 1)[0] and self.chat in body:
                with self.news:
                    self.arrived.append(at)
                    self.news.notify_all()
            whole = b""

    @staticmethod
    def answers(inner, peer):
        try:
            while data := inner.recv(65536):
                peer.sendall(data)
        except OSError:
            pass  # the bot closed an idle connection

    def wait(self, count, seconds):
        with self.news:
            return self.news.wait_for(lambda: len(self.arrived) >= count, seconds)
