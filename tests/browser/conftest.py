"""A real office for the browser: `manage.py serve` on a database of its own, Chromium at two widths."""

import os
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
WIDTHS = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
START_SECONDS = 240


class Office:
    """The running office: its address and everybody's password."""

    def __init__(self, address, passwords):
        self.address, self.passwords = address, passwords

    def url(self, path):
        return self.address + path.lstrip("/")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(address):
    try:
        return urllib.request.urlopen(address, timeout=2).status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    var = tmp_path_factory.mktemp("var")
    bind = f"127.0.0.1:{_free_port()}"
    environment = {**os.environ, "VAR_DIR": str(var), "OFFICE_TODAY": "2021-10-15"}
    server = subprocess.Popen([sys.executable, "manage.py", "serve", "--bind", bind], cwd=ROOT, env=environment)
    try:
        waited = 0
        pause = threading.Event()
        while not _answers(f"http://{bind}/people/sign-in/"):
            assert server.poll() is None and waited < START_SECONDS, "the office did not start"
            waited += 1
            pause.wait(1)
        yield Office(f"http://{bind}/", sign_ins(var))
    finally:
        server.terminate()
        server.wait(30)


def sign_ins(var):
    """Read the printed sign-ins: user name -> password."""
    lines = (var / "sign-ins.txt").read_text().splitlines()
    return dict(line.split()[:2] for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def sign_in(office, chromium):
    """Return a function: user name, width -> a signed-in page that collects what the security policy refuses."""
    contexts = []

    def enter(username, width="desk"):
        context = chromium.new_context(viewport=WIDTHS[width], is_mobile=width == "phone", locale="zh-CN", accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.refused = []
        page.on("console", lambda message: page.refused.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(office.url("people/sign-in/"))
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", office.passwords[username])
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def photos():
    folder = ROOT / "var" / "photos"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def tour():
    return ROOT / "docs" / "images"
