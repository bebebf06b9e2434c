"""Which files travel, and which stop the bundle."""

from collections.abc import Callable
from pathlib import Path

import pytest

from components.bundle.bundle import Bundle
from components.bundle.sources import needed, read
from components.errors import ComponentError, MissingModule, UnexpectedFile

Package = Callable[[dict[str, str]], Path]


def names(package: str = "shop") -> list[str]:
    return [source.name for source in Bundle.of(package).sources]


def test_the_package_and_what_it_imports_of_the_kit(package: Package) -> None:
    package(
        {"api.py": "def handler():\n    from singletable.errors import DeclarationError\n", "views/__init__.py": "", "views/order.py": ""}
    )

    found = names()

    assert [name for name in found if name.startswith("shop/")] == [
        "shop/__init__.py",
        "shop/api.py",
        "shop/views/__init__.py",
        "shop/views/order.py",
    ]
    assert {"singletable/__init__.py", "singletable/errors.py"} <= set(found)
    assert not {"singletable/__main__.py", "singletable/review.py"} & set(found)


def test_without_the_kit_nothing_of_it(package: Package) -> None:
    package({"api.py": "import json\nimport boto3\n"})
    assert names() == ["shop/__init__.py", "shop/api.py"]


def test_every_spelling_of_an_import_is_followed(package: Package, tmp_path: Path) -> None:
    folder = package(
        {
            "api.py": "",
            "kit/__init__.py": "from . import a\nfrom .sub import b\n",
            "kit/a.py": "import kit.c\n",
            "kit/c.py": "from .sub.d import e\nfrom kit import sub\n",
            "kit/sub/__init__.py": "def late():\n    from ..f import g\n",
            "kit/sub/b.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import kit.unused, numpy\nelse:\n    import kit.h\n",
            "kit/sub/d.py": "",
            "kit/f.py": "",
            "kit/h.py": "",
            "kit/unused.py": "",
        }
    )
    folder.joinpath("app.py").write_text("import kit\n")
    known = {"app": read("shop", folder)["shop.app"], **read("kit", folder / "kit")}

    assert {source.module for source in needed("app", known)} == {
        "shop.app",
        "kit",
        "kit.a",
        "kit.c",
        "kit.f",
        "kit.h",
        "kit.sub",
        "kit.sub.b",
        "kit.sub.d",
    }


@pytest.mark.parametrize("left", ["__pycache__/api.cpython-311.pyc", "old.pyc", "py.typed", "tests/test_api.py", ".DS_Store"])
def test_what_the_host_leaves_is_left_out(package: Package, left: str) -> None:
    package({"api.py": "", left: "x"})
    assert names() == ["shop/__init__.py", "shop/api.py"]


@pytest.mark.parametrize("name", [".env", "server.pem", "keys/id_rsa", "notes.txt", "data.json", "api.py~", ".hidden/deep.key"])
def test_anything_but_source_stops_the_bundle(package: Package, name: str) -> None:
    package({"api.py": "", name: "secret"})
    with pytest.raises(UnexpectedFile) as caught:
        names()
    message = str(caught.value)
    assert message == (
        f"shop/{name} is not Python source: a bundle takes .py files only, so that no secret travels in it; "
        "move it out of shop/, or exclude it"
    )


@pytest.mark.parametrize("target", ["/etc/hostname", "api.py", "."])
def test_a_link_stops_the_bundle(package: Package, target: str) -> None:
    (package({"api.py": ""}) / "linked.py").symlink_to(target)
    with pytest.raises(UnexpectedFile, match=r"^shop/linked\.py is a link: "):
        names()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "\nimport requests\n",
            (
                "shop/api.py:2 imports requests, which the function would not have: allowed are the standard library, boto3, botocore, "
                "shop, singletable; other packages need a layer"
            ),
        ),
        ("from singletable.magic import spell\n", "shop/api.py:1 imports singletable.magic, which does not exist"),
        ("import shop.views\n", "shop/api.py:1 imports shop.views, which does not exist"),
        ("from .views import order\n", "shop/api.py:1 imports shop.views, which does not exist"),
    ],
)
def test_an_import_that_would_fail_there_fails_here(package: Package, source: str, message: str) -> None:
    package({"api.py": source})
    with pytest.raises(MissingModule) as caught:
        names()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a = 1\nb = = 2\n", "shop/api.py:2 is not valid Python: invalid syntax"),
        ("a = '\0'\n", "shop/api.py:1 is not valid Python: source code string cannot contain null bytes"),
    ],
)
def test_source_that_does_not_compile_stops_the_bundle(package: Package, source: str, message: str) -> None:
    package({"api.py": source})
    with pytest.raises(UnexpectedFile) as caught:
        names()
    assert str(caught.value) == message


@pytest.mark.parametrize("module", ["plans", "definition"])
def test_what_tools_and_stacks_ask_stays_at_home_unless_the_application_wants_it(package: Package, module: str) -> None:
    folder = package({"api.py": "import singletable\n"})
    assert f"singletable/{module}.py" not in names()

    (folder / "api.py").write_text(f"def report():\n    import singletable.{module}\n")
    assert f"singletable/{module}.py" in names()


def test_no_such_package() -> None:
    with pytest.raises(MissingModule) as caught:
        Bundle.of("no_such_package")
    assert str(caught.value) == "there is no package 'no_such_package' to bundle: run this in the folder that holds it, or install it"


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [each.code for each in [ComponentError, *ComponentError.__subclasses__()]]
    assert len(set(codes)) == len(codes)
