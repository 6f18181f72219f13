"""proto/ as Python modules, for clients that are not ours: python3-grpcio and generated code, nothing else.

    import protocol
    protocol.load(folder)                  # generates once into the folder, then imports from there
    from tram.v1 import exchange_pb2
"""

import pathlib
import subprocess
import sys

import network

PROTO = network.ROOT / "proto"
DONE = "complete"


def generate(folder):
    """Writes the modules into `folder`, unless they are there."""
    folder = pathlib.Path(folder)
    if (folder / DONE).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    services = [str(path.relative_to(PROTO)) for path in sorted((PROTO / "tram" / "v1").glob("*.proto"))]
    for more, files in (([f"--grpc_python_out={folder}"], services), ([], ["google/rpc/status.proto"])):
        subprocess.run([sys.executable, "-m", "grpc_tools.protoc", "-I", PROTO, f"--python_out={folder}", *more, *files],
                       check=True, cwd=PROTO)
    (folder / DONE).touch()


def load(folder):
    """Makes `import tram.v1…` find the modules in `folder`."""
    generate(folder)
    sys.path.insert(0, str(folder))
    import google  # the installed package, which has no google.rpc
    google.__path__.append(str(pathlib.Path(folder) / "google"))


def channel(pki, client, port, options=()):
    """A channel with mutual TLS to the node at that port of loopback, as the client of that name in the practice PKI."""
    import grpc
    pki = pathlib.Path(pki)
    credentials = grpc.ssl_channel_credentials((pki / "roots.pem").read_bytes(),
                                               (pki / "clients" / f"{client}.key").read_bytes(),
                                               (pki / "clients" / f"{client}.crt").read_bytes())
    return grpc.secure_channel(f"127.0.0.1:{port}", credentials,
                               [("grpc.ssl_target_name_override", "localhost"), ("grpc.use_local_subchannel_pool", 1),
                                *options])
