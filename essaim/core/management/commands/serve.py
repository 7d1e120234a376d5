import os
import signal
import subprocess
import sys
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Serves the site: web processes, live events and the worker, stopped together."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("ESSAIM_BIND", "127.0.0.1"))
        parser.add_argument("--port", default=os.environ.get("ESSAIM_PORT", "8000"))
        live = "where live events are served (default: the port after the first one)"
        parser.add_argument("--live-port", default=os.environ.get("ESSAIM_LIVE_PORT"), help=live)
        parser.add_argument("--workers", default=os.environ.get("ESSAIM_WEB_PROCESSES", "2"))

    def handle(self, **options: Any) -> None:
        live_port = str(options["live_port"] or int(options["port"]) + 1)
        # The pages tell browsers where to listen.
        env = os.environ | {"ESSAIM_LIVE_PORT": live_port}
        commands = [*_commands(options), _live_command(options["host"], live_port)]
        children = [subprocess.Popen(command, env=env) for command in commands]  # noqa: S603

        def stop(signum: int, frame: FrameType | None) -> None:
            for child in children:
                child.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        self.stdout.write(f"http://{_shown(options['host'])}:{options['port']}/  (Ctrl-C stops)")
        # Whichever ends first takes the others with it: a site without its worker only looks alive.
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


def _live_command(host: str, port: str) -> list[str]:
    """One process: each holds the screens that found it, and all ask the same database."""
    live = [sys.executable, "-m", "granian", "--interface", "asgi", "config.asgi:application"]
    live += ["--host", host, "--port", port, "--workers", "1", "--no-ws", "--http", "1"]
    # A connection lasts as long as a Buzz: none may wait for another to end.
    live += ["--backlog", "4096", "--backpressure", "20000", "--workers-kill-timeout", "1"]
    return [*live, "--respawn-failed-workers", "--log-level", "warning"]
