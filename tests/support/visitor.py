"""A visitor by plain HTTP, without a browser: requests files, keeps cookies, and uploads."""

from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.request import Request, urlopen

PATIENCE = 60  # seconds
BOUNDARY = "linreg-boundary"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to a request; names of headers are in small letters."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes


class Visitor:
    """A visitor of `address` who has these cookies."""

    def __init__(self, address: str, **cookies: str) -> None:
        self.cookies = cookies
        self._address = address

    @property
    def cookie(self) -> str:
        """The header that goes with every request."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def ask(
        self, path: str, *, method: str = "GET", data: bytes | None = None, **headers: str
    ) -> Answer:
        """Send a request and keep the cookies that come with the answer; `_` is `-` in headers."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Cookie": self.cookie} if self.cookies else {}
        request = Request(self._address + path, data=data, method=method, headers=sent)
        try:
            with urlopen(request, timeout=PATIENCE) as response:
                status, received, body = response.status, response.headers, response.read()
        except HTTPError as error:
            with error:
                status, received, body = error.code, error.headers, error.read()
        set_cookies = received.get_all("Set-Cookie", [])
        cookies = dict(cookie.split(";")[0].split("=", 1) for cookie in set_cookies)
        self.cookies |= cookies
        headers = {name.lower(): value for name, value in received.items()}
        return Answer(status=status, headers=headers, cookies=cookies, body=body)

    def upload(self, session: str, *, size: int) -> int:
        """Upload `size` bytes, envelope included, into a session; return the answer's status."""
        part = 'Content-Disposition: form-data; name="file"; filename="a.pth"'
        head, tail = f"--{BOUNDARY}\r\n{part}\r\n\r\n", f"\r\n--{BOUNDARY}--\r\n"
        filling = "x" * (size - len(head) - len(tail))
        answer = self.ask(
            f"/_stcore/upload_file/{session}/{size}",
            method="PUT",
            data=(head + filling + tail).encode(),
            Content_Type=f"multipart/form-data; boundary={BOUNDARY}",
            X_Xsrftoken=self.cookies["_streamlit_xsrf"],
        )
        return answer.status
