"""The office's own malware scanner, asked about every uploaded file before anything of it is kept (reliability.md D7)."""

import logging
import subprocess

from django.conf import settings

from apps.core.errors import Refused

logger = logging.getLogger(__name__)
PATIENCE = 60  # seconds
CLEAN, INFECTED = 0, 1  # exit codes of clamscan and clamdscan; whatever else comes is a scanner that did not do its work


def scan(content):
    """Let settings.UPLOAD_SCANNER read `content`, bytes or an open file of the disk; without one do nothing.

    Raises Refused when the file is infected, and as well when the scanner is missing, fails or takes too long.
    """
    if not settings.UPLOAD_SCANNER:
        return
    code = _exit_code(content)
    if code == INFECTED:
        raise Refused("文件未通过病毒检查，没有保存。请用杀毒软件检查本机后重新制作文件。")
    if code != CLEAN:
        raise Refused("病毒检查暂时不可用，文件没有保存。请稍后再试；仍不行请告知系统管理员。")


def _exit_code(content):
    try:
        given = {"input": content} if isinstance(content, bytes) else {"stdin": content}
        done = subprocess.run(settings.UPLOAD_SCANNER, **given, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        logger.error("the upload scanner does not work: %s", error)
        return None
    if done.returncode not in (CLEAN, INFECTED):
        logger.error("the upload scanner ended with %s: %s", done.returncode, done.stderr[-500:])
    return done.returncode
