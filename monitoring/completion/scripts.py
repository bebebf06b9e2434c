"""One function for each shell: the program's name and its commands in, a script out."""

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from monitoring.completion.words import Command, Option

_FILES: Final = {"file": "-f", "directory": "-d"}
"""What compgen is told."""


def _function(program: str) -> str:
    return f"_{re.sub('[^A-Za-z0-9]', '_', program)}"


def _words(options: Sequence[Option]) -> str:
    return " ".join(flag for option in options for flag in option.flags)


# --- bash


def bash(program: str, commands: Sequence[Command]) -> str:
    return "\n".join(_bash(program, commands)) + "\n"


def _bash(program: str, commands: Sequence[Command]) -> Iterator[str]:
    function = _function(program)
    yield f"{function}() {{"
    yield '    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}" words="" files=""'
    yield '    if [ "$COMP_CWORD" -eq 1 ]; then'
    yield f"        words={shlex.quote(' '.join(['--help', '--version', *(each.name for each in commands)]))}"
    yield "    else"
    yield '        case "$command" in'
    for command in commands:
        yield f"        {command.name})"
        yield '            case "$previous" in'
        for option in command.flags:
            if option.takes != "nothing":
                yield f"            {'|'.join(option.flags)}) {_bash_value(option)} ;;"
        yield f"            *) words={shlex.quote(_words(command.flags))}; {'; '.join(_bash_value(each) for each in command.operands) or ':'} ;;"
        yield "            esac ;;"
    yield "        esac"
    yield "    fi"
    yield '    COMPREPLY=($(compgen -W "$words" -- "$current"))'
    # An option is no file, and a name with a slash must not get a space behind it.
    yield '    if [ -n "$files" ] && [[ "$current" != -* ]]; then'
    yield "        compopt -o filenames"
    yield '        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$files" -- "$current")'
    yield "    fi"
    yield "}"
    yield f"complete -F {function} {program}"


def _bash_value(option: Option) -> str:
    if option.takes in _FILES:
        return f"files={_FILES[option.takes]}"
    return f'words="$words {" ".join(option.choices)}"' if option.choices else ":"


# --- zsh


def zsh(program: str, commands: Sequence[Command]) -> str:
    return "\n".join(_zsh(program, commands)) + "\n"


def _zsh(program: str, commands: Sequence[Command]) -> Iterator[str]:
    function = _function(program)
    yield f"#compdef {program}"
    yield f"{function}() {{"
    yield "    if (( CURRENT == 2 )); then"
    yield "        local -a commands=("
    yield from (f"            {shlex.quote(f'{each.name}:{each.help}')}" for each in commands)
    yield "        )"
    yield "        _describe command commands"
    yield "        return"
    yield "    fi"
    yield "    local command=$words[2]"
    yield "    shift words"
    yield "    (( CURRENT-- ))"
    yield "    case $command in"
    for command in commands:
        yield f"    {command.name})"
        yield "        _arguments \\"
        specifications = [
            *(_zsh_flag(flag, option) for option in command.flags for flag in option.flags),
            *map(_zsh_operand, command.operands),
        ]
        yield " \\\n".join(f"            {shlex.quote(each)}" for each in specifications)
        yield "        ;;"
    yield "    esac"
    yield "}"
    # In a file of fpath the function is what is called; elsewhere it is registered.
    yield f'if [ "$funcstack[1]" = "{function}" ]; then {function} "$@"; else compdef {function} {program}; fi'


def _zsh_flag(flag: str, option: Option) -> str:
    told = re.sub(r"([\[\]:\\])", r"\\\1", option.help)
    return f"{flag}[{told}]" + ("" if option.takes == "nothing" else f":value:{_zsh_value(option)}")


def _zsh_operand(option: Option) -> str:
    return f"*:operand:{_zsh_value(option)}"


def _zsh_value(option: Option) -> str:
    if option.choices:
        return f"({' '.join(option.choices)})"
    return {"file": "_files", "directory": "_files -/"}.get(option.takes, "")


# --- fish


def fish(program: str, commands: Sequence[Command]) -> str:
    return "\n".join(_fish(program, commands)) + "\n"


def _fish(program: str, commands: Sequence[Command]) -> Iterator[str]:
    yield f"complete -c {program} -f"
    for command in commands:
        yield f"complete -c {program} -n __fish_use_subcommand -a {command.name} -d {_fish_text(command.help)}"
    for command in commands:
        start = f"complete -c {program} -n '__fish_seen_subcommand_from {command.name}'"
        for option in command.options:
            names = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags)
            value = _fish_value(option)
            if names or value:
                yield " ".join(part for part in (start, names, value, f"-d {_fish_text(option.help)}") if part)


def _fish_value(option: Option) -> str:
    """An operand that is nothing in particular is left to the person."""
    if option.takes == "nothing":
        return ""
    needs = "-r " if option.flags else ""
    if option.choices:
        return f"{needs}-f -a {_fish_text(' '.join(option.choices))}"
    if option.takes in _FILES:
        return f"{needs}-F"
    return f"{needs}-f" if option.flags else ""


def _fish_text(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
