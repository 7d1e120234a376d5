"""A partner's identity provider on the loopback, speaking OpenID Connect for one person."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "essaim", "a-secret-between-us"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class FakePartner(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.claims: dict[str, Any] = {}
        self.asked: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def id_token(self) -> str:
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60} | self.claims
        return jwt.encode(said, KEY, algorithm="RS256", headers={"kid": "one"})


class Answers(BaseHTTPRequestHandler):
    server: FakePartner

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            self._say(self.server.discovery())
        elif parts.path == "/jwks":
            public = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
            self._say({"keys": [public | {"kid": "one", "alg": "RS256"}]})
        elif parts.path == "/authorize":
            self._send_back({name: values[0] for name, values in parse_qs(parts.query).items()})
        elif self.headers["Authorization"] == "Bearer a-token":
            self._say(self.server.claims)
        else:
            self.send_error(401)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        known = (given.get("client_id"), given.get("client_secret")) == (CLIENT, SECRET)
        if not known or given.get("code") != "a-code" or "code_verifier" not in given:
            self.send_error(400)
            return
        self._say(
            {"access_token": "a-token", "token_type": "Bearer", "id_token": self.server.id_token()}
        )

    def _send_back(self, asked: dict[str, str]) -> None:
        self.server.asked = asked
        back = urlencode({"code": "a-code", "state": asked["state"]})
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{back}")
        self.end_headers()

    def _say(self, answer: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def open_partner() -> Iterator[FakePartner]:
    partner = FakePartner()
    thread = threading.Thread(target=partner.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield partner
    finally:
        partner.shutdown()
        thread.join()
        partner.server_close()
