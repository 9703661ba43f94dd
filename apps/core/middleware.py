from apps.core.scope import guarded


class ScopeGuard:
    """Answer every request under the guard of the scope; commands, jobs and loaders act for nobody and have none."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with guarded():
            return self.get_response(request)
