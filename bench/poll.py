"""Part `poll`: CPU time of one poll of funding and tickers, over TLS with gzip."""
import subprocess
import tempfile
import time
from pathlib import Path

from common import Line, die_with_me, median, number, percentile, run_json, wait_for_port

EXCHANGES = 4
CONTRACTS = 1_400


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=sandbox", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem",
                    "-out", folder / "cert.pem"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def start_sandbox(build, folder):
    command = [build / "tests/sandbox/sandbox", "--port", "0", "--gzip", "--tls-cert", folder / "cert.pem", "--tls-key",
               folder / "key.pem", "--tls-port-file", folder / "port", "--payloads", folder / "bodies", "--quiet"]
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, preexec_fn=die_with_me)
    return process, wait_for_port(folder / "port", process)


def measure(build, smoke):
    polls = 4 if smoke else 31
    each = CONTRACTS // EXCHANGES
    with tempfile.TemporaryDirectory(prefix="perpwatch-bench-") as name:
        folder = Path(name)
        (folder / "state").mkdir()
        make_certificate(folder)
        subprocess.run([build / "bench/bench_poll", "bodies", folder / "bodies", str(each)], check=True)
        sandbox, port = start_sandbox(build, folder)
        try:
            out = run_json([build / "bench/bench_poll", "run", f"https://127.0.0.1:{port}", folder / "cert.pem",
                            folder / "state", each, polls])
        finally:
            sandbox.kill()
            sandbox.wait()
    times = out["ms"]
    if out["connections_later"]:
        print(f"   {out['connections_later']} connections were opened again: those polls paid for handshakes")
    note = (f"{out['requests_a_poll']} requests, {number(out['wire_bytes_a_poll'] / 1e3)} kB on the wire, "
            f"{number(out['body_bytes_a_poll'] / 1e3)} kB unpacked, {out['events_a_poll']:,} events")
    return [Line("poll: CPU of funding + tickers, 1,400 contracts", median(times), "ms", 6,
                 f"{number(min(times))} .. p90 {number(percentile(times, 0.9))}", note),
            Line("poll: the first one, with 4 TLS handshakes", out["first_ms"], "ms")]


