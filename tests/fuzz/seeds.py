"""Seeds for the fuzzers: every payload of an exchange, once as each endpoint's answer, as a frame and as an error.

usage: seeds.py FOLDER_OF_PAYLOADS… OUT   (FOLDER/<exchange>/<case>.json, beside <case>.expected.json)
"""
import gzip
import pathlib
import sys

CHOICES = 32  # at least endpoints + 2 of any exchange: decode_fuzz.cpp takes the first byte modulo that, and asks for it
PACKED = {"htx"}  # its frames come as gzip
BYTES_MAX = 20_000


def main(folders, out):
    written = 0
    for number, folder in enumerate(folders):  # two folders may have cases of one name
        for payload in sorted(pathlib.Path(folder).glob("*/*")):
            if payload.name.endswith(".expected.json") or not payload.is_file():
                continue
            body = payload.read_bytes()[:BYTES_MAX]
            corpus = pathlib.Path(out) / payload.parent.name
            corpus.mkdir(parents=True, exist_ok=True)
            forms = {"": body}
            if payload.parent.name in PACKED:
                forms["-packed"] = gzip.compress(body, mtime=0)
            for form, data in forms.items():
                for choice in range(CHOICES):
                    (corpus / f"{number}-{payload.stem}{form}-{choice}").write_bytes(bytes([choice]) + data)
                    written += 1
    print(f"{written} seeds")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1:-1], sys.argv[-1])
