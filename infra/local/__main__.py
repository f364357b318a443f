import argparse
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError

from local.driver import Driver
from local.errors import LocalStackError
from local.place import place_from
from local.progress import Progress

INTERRUPTED = 130
"""What a shell gives a program that Ctrl-C ended."""
HELP = {
    "up": "start, deploy what changed, and leave it running",
    "run": "the same, then follow the logs; Ctrl-C stops it",
    "down": "stop, keeping the state",
    "status": "say what is running",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole stack on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in HELP.items():
        commands.add_parser(name, help=text)
    command = parser.parse_args(arguments).command
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    progress = Progress()
    try:
        return _do(command, Driver(place_from(os.environ), os.environ, progress))
    except LocalStackError as error:
        progress.warn(str(error))
    except (EndpointConnectionError, HTTPClientError) as error:
        progress.warn(f"The emulator does not answer any more: {error}")
    except (BotoCoreError, ClientError) as error:
        progress.warn(f"The emulator answered with an error: {error}")
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # nobody reads on; Python's own exit must not fail
    except KeyboardInterrupt:
        progress.warn("Interrupted.")
        return INTERRUPTED
    return 1


def _do(command: str, driver: Driver) -> int:
    match command:
        case "up":
            driver.show(driver.up())
        case "run":
            driver.run()
        case "down":
            driver.down()
        case "status":
            return 0 if driver.status() else 1
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """A closed terminal or a `kill` ends the driver as Ctrl-C does, so that the state is saved."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
