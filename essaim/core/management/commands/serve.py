import os
import signal
import subprocess
import sys
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Serves the site: web processes and the worker, stopped together."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("ESSAIM_BIND", "127.0.0.1"))
        parser.add_argument("--port", default=os.environ.get("ESSAIM_PORT", "8000"))
        parser.add_argument("--workers", default=os.environ.get("ESSAIM_WEB_PROCESSES", "2"))

    def handle(self, **options: Any) -> None:
        children = [subprocess.Popen(command) for command in _commands(options)]  # noqa: S603

        def stop(signum: int, frame: FrameType | None) -> None:
            for child in children:
                child.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        self.stdout.write(f"http://{_shown(options['host'])}:{options['port']}/  (Ctrl-C stops)")
        # Whichever ends first takes the other with it: a site without its worker only looks alive.
        os.waitpid(-1, 0)
        stop(0, None)
        for child in children:
            child.wait()


def _shown(host: str) -> str:
    return "localhost" if host == "127.0.0.1" else host


def _commands(options: dict[str, Any]) -> list[list[str]]:
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"]
    # Few threads per process: each holds a database connection.
    web += ["--host", options["host"], "--port", str(options["port"])]
    web += ["--workers", str(options["workers"]), "--blocking-threads", "2"]
    web += ["--no-ws", "--respawn-failed-workers", "--log-level", "warning"]
    worker = [sys.executable, "-m", "config", "worker"]
    return [web, worker]
