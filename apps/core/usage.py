"""How a command is called: its arguments' types, and argparse's complaints in the house's words."""

import argparse
import re

from apps.core import clock
from apps.core.numbers import whole_number

COMPLAINTS = [  # argparse speaks English; what it says -> what people read
    (r"the following arguments are required: (.+)", "缺少参数：{}。"),
    (r"argument (.+?): expected (?:one|at least one|\d+) arguments?", "参数 {} 后面没有值。"),
    (r"argument (.+?): invalid int value: '(.*)'", "参数 {} 应为整数，现为“{}”。"),
    (r"argument (.+?): invalid \w+ value: '(.*)'", "参数 {} 的值“{}”不正确。"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", "参数 {} 不能是 {}，可用：{}。"),
    (r"argument (.+?): not allowed with argument (.+)", "参数 {} 不能与 {} 同时使用。"),
    (r"argument (.+?): ignored explicit argument '(.*)'", "参数 {} 后面不应有值“{}”。"),
    (r"ambiguous option: (.+?) could match (.+)", "参数 {} 不完整，可能是：{}。"),
    (r"one of the arguments (.+) is required", "缺少参数，须有其中之一：{}。"),
    (r"unrecognized arguments: (.+)", "没有这样的参数：{}。"),
    (r"argument (.+?): ((?s:.+))", "参数 {}：{}"),  # a sentence of our own types
]


def in_chinese(complaint):
    """Return what argparse complains of as a Chinese sentence."""
    found = ((re.fullmatch(pattern, complaint), words) for pattern, words in COMPLAINTS)
    return next((words.format(*match.groups()) for match, words in found if match), f"命令用法不正确：{complaint}。")


def year(text):
    """Type of an argument: a data year."""
    try:
        return clock.year(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from fault


def pair(text):
    """Type of an argument: NAME=VALUE; the value may be empty."""
    name, found, value = text.partition("=")
    if not (name and found):
        raise argparse.ArgumentTypeError(f"应写成 名称=值，现为“{text}”。")
    return name, value


def number(text):
    """Type of an argument: the number of a record, 1 or more."""
    found = whole_number(text)
    if not found:
        raise argparse.ArgumentTypeError(f"应为正整数，现为“{text}”。")
    return found
