class PrivateAnswers:
    """Let nobody keep a page: neither the browser nor a proxy, and no page may use a camera, microphone or position.

    Everything that passes here is made for one person; static files are answered before. A view that said otherwise
    is left alone.
    """

    POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        return response
