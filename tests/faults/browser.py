"""A person's browser, reduced to what tells a kept promise from a broken one: was the request sent, was it answered, how."""

import http.client
import json
import uuid
from html.parser import HTMLParser
from urllib.parse import urlencode

TIMEOUT = 60  # seconds; longer than a restart on a busy machine


class NotSent(Exception):
    """Nobody listened: the request never reached the office."""


class NoAnswer(Exception):
    """The request was sent and no answer came: it may or may not have been carried out."""


class Answer:
    def __init__(self, status, location, body):
        self.status, self.location, self.body = status, location, body


class Browser:
    def __init__(self, port, username, password):
        self.port, self.username, self.password = port, username, password
        self.cookies = {}

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, fields=None, file=None):
        """Send a form, `file` as (name, content); refusals come back as JSON with 409."""
        body, kind = _multipart(fields or {}, file) if file else (urlencode(fields or {}).encode(), "application/x-www-form-urlencoded")
        headers = {"Content-Type": kind, "X-CSRFToken": self.cookies.get("csrftoken", ""), "Accept": "application/json"}
        return self.request("POST", path, body, headers)

    def sign_in(self):
        """Sign in anew; return whether it worked."""
        self.cookies.clear()
        self.get("/people/sign-in/")
        answer = self.post("/people/sign-in/", {"username": self.username, "password": self.password})
        return answer.status == 302

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            try:
                connection.connect()
            except OSError as error:
                raise NotSent(str(error)) from error
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            try:
                connection.request(method, path, body, {**(headers or {}), "Cookie": cookies, "Connection": "close"})
                response = connection.getresponse()
                text = response.read().decode(errors="replace")
            except (OSError, http.client.HTTPException) as error:
                raise NoAnswer(repr(error)) from error
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, response.headers.get("Location", ""), text)


class _Form(HTMLParser):
    """Collects what the page's main form would send."""

    def __init__(self):
        super().__init__()
        self.values, self.select, self.area = {}, None, None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        name = attributes.get("name")
        if tag == "input" and name and attributes.get("type") not in ("checkbox", "radio", "submit"):
            self.values[name] = attributes.get("value", "")
        elif tag == "select":
            self.select = name
        elif tag == "textarea":
            self.area = name
            self.values[name] = ""
        elif tag == "option" and self.select and ("selected" in attributes or self.select not in self.values):
            self.values[self.select] = attributes.get("value", "")

    def handle_data(self, data):
        if self.area:
            self.values[self.area] += data

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None


def form_values(html):
    form = _Form()
    form.feed(html)
    return form.values


def _multipart(fields, file):
    boundary = uuid.uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    name, content = file
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"


def message_of(answer):
    try:
        return json.loads(answer.body).get("message", "")
    except ValueError:
        return answer.body[:80]
