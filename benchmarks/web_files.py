"""Hands out the files of a folder, with the server that the web application runs on.

Usage: python web_files.py FOLDER PORT
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.staticfiles import StaticFiles


def main(folder: str, port: str) -> None:
    """Serve until it is ended."""
    app = Starlette()
    app.mount("/", StaticFiles(directory=folder, html=True))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
