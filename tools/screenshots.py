"""make screenshots: pictures of the screens, from the demonstration data.

In English and Dutch, light and dark, on a desk and on a phone, in .bed/screenshots;
those that the README and the description page show also in static/description.
"""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
from typing import NamedTuple

import bed
import demo
from chrome import Chrome, ChromeError
from PIL import Image

DATABASE = "shots"
PICTURES = bed.BED / "screenshots"
DESCRIPTION = bed.SOURCE / "static" / "description"
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
# login = password → language; both may see money
PEOPLE = {"anna": "en_US", "bram": "nl_NL"}

# run in odoo shell
PREPARE = """
people = {people!r}
env["res.lang"]._activate_lang("nl_NL")
modules = env["ir.module.module"].search([("state", "=", "installed")])
modules._update_translations(["nl_NL"])
for login, lang in people.items():
    user = env.ref("base.user_admin").copy(
        {{"name": login.capitalize(), "login": login, "lang": lang}}
    )
    user.password = login
env.cr.commit()
"""
DARK = """
scss = open({path!r}).read().encode()
env["ir.attachment"].create({{"name": "dark.scss", "type": "binary", "raw": scss,
    "mimetype": "text/scss", "url": "/screenshots/dark.scss", "public": True}})
env["ir.asset"].create({{"name": "dark", "directive": "prepend",
    "bundle": "web._assets_primary_variables", "path": "/screenshots/dark.scss"}})
env.cr.commit()
"""


class Scene(NamedTuple):
    """A screen: its address, what shows that it is there, what is done on it, how
    high it is, and the part that is pictured (default: all of it)."""

    name: str
    path: str
    there: str
    steps: tuple = ()
    height: int = 0
    part: str = ""


def client(name):
    """The id of a client's health, by the client's name."""
    found = bed.psql(
        "SELECT h.id, h.partner_id FROM client_health h JOIN res_partner p"
        f" ON p.id = h.partner_id WHERE p.name = '{name}'",
        DATABASE,
    )
    if not found:
        raise bed.Failed(f"the demonstration data have no client {name}")
    return found.split("|")


PAGE = ".o_client_health_explanation .o_client_health_changes"


def scenes():
    boat, contact = client("Halvorsen Boatyard")
    wren, _contact = client("Juniper & Wren")
    arcade, _contact = client("Vexley Arcade")
    new, _contact = client("Oddfellow Telescopes")
    app = "/odoo/client-health"
    worst = ".o_client_health_check .o_client_health_row"
    far = (
        "const day = document.querySelector('#o_client_health_from');"
        "day.value = new Date(Date.now() - 100 * 864e5).toISOString().slice(0, 10);"
        "day.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    # a form that is still being drawn may pass over the first click
    open_page = (
        "new Promise((done) => { const timer = setInterval(() => {"
        f"if (document.querySelector('{PAGE}')) {{ clearInterval(timer); done() }}"
        "else document.querySelector('.o_notebook a[name=client_health]').click()"
        "}, 500) })"
    )
    return [
        Scene("clients", app, ".o_kanban_record .o_client_health_badge"),
        Scene("relationship", f"{app}/{boat}", PAGE, height=1080),
        Scene(
            "why",
            f"{app}/{boat}",
            PAGE,
            (f"document.querySelector('{worst}').click()",),
            height=1250,
        ),
        Scene("history", f"{app}/{wren}", PAGE, (far,), height=2000),
        Scene("critical", f"{app}/{arcade}", PAGE, height=844),
        Scene("unknown", f"{app}/{new}", PAGE, height=1500),
        Scene(
            "contact",
            f"/odoo/res.partner/{contact}",
            ".o_notebook a[name=client_health]",
            (open_page,),
            height=1300,
        ),
    ]


# picture of the description page → (scene, part of it, person, theme, device)
SHOWN = {
    "clients": ("clients", "", "anna", "light", "desk"),
    "relationship": ("why", "", "anna", "light", "desk"),
    "history": ("history", ".o_client_health_history", "anna", "light", "desk"),
    "changes": ("history", ".o_client_health_changes", "anna", "light", "desk"),
    "phone": ("critical", "", "anna", "light", "phone"),
    "dark": ("relationship", "", "anna", "dark", "desk"),
}


def shell(database, script):
    with (bed.LOGS / "screenshots.py").open("w+") as file:
        file.write(script)
        file.seek(0)
        command = ["odoo", "shell", "-d", database, "--no-http", "--log-level=warn"]
        bed.run(
            f"prepare {database}", command, bed.LOGS / f"{database}.log", stdin=file
        )


@contextlib.contextmanager
def server(database):
    """The address of a server on a database, as long as the block lasts."""
    port = bed.free_port()
    with (bed.LOGS / f"{database}-server.log").open("wb") as log:
        process = subprocess.Popen(
            ["odoo", "-d", database, f"--db-filter=^{database}$", "-p", str(port),
             "--max-cron-threads=0"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        Chrome.until(lambda: demo.answers(port), "the server does not answer")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def prepare():
    """Two databases like that of make demo: one as it is, and a dark one."""
    with bed.alone("demo"):
        demo.prepare()
        demo.stop()  # a database in use cannot be copied
        bed.copy(demo.DATABASE, DATABASE)
    shell(DATABASE, PREPARE.format(people=PEOPLE))
    bed.copy(DATABASE, f"{DATABASE}_dark")
    dark = bed.ROOT / "tools" / "dark.scss"
    shell(f"{DATABASE}_dark", DARK.format(path=str(dark)))


def picture(chrome, scene, address, device, name):
    width, height = SIZES[device]
    # a phone shows a page by and by: its picture is as long as the page
    chrome.resize(
        width, max(height, scene.height * (1 + (device == "phone"))), device == "phone"
    )
    chrome.open(address + scene.path, scene.there)
    for step in scene.steps:
        chrome.run(step)
        chrome.run("new Promise((done) => setTimeout(done, 700))")
    chrome.run("document.fonts.ready.then(() => document.activeElement.blur())")
    chrome.run("new Promise((done) => setTimeout(done, 500))")
    chrome.shoot(PICTURES / f"{name}.png", scene.part or None)


def publish(chrome, scene, person, theme, device):
    """Save what the description page shows of the scene at hand, small."""
    for name, (which, part, *where) in SHOWN.items():
        if which == scene.name and where == [person, theme, device]:
            path = PICTURES / f"{name}.png"
            chrome.shoot(path, part or None)
            image = Image.open(path).convert("RGB")
            image = image.quantize(192, dither=Image.Dither.NONE)
            image.save(DESCRIPTION / f"{name}.png", optimize=True)


def screenshots():
    prepare()
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    wanted = os.environ.get("T", "")
    for theme in ("light", "dark"):
        database = DATABASE if theme == "light" else f"{DATABASE}_dark"
        with server(database) as address, Chrome() as chrome:
            for person, lang in PEOPLE.items():
                chrome.resize(*SIZES["desk"])
                chrome.log_in(address, person, person)
                for scene, device in itertools.product(scenes(), SIZES):
                    name = f"{scene.name}-{lang[:2]}-{theme}-{device}"
                    if wanted in name:
                        bed.say(name)
                        picture(chrome, scene, address, device, name)
                        publish(chrome, scene, person, theme, device)
    for name in (DATABASE, f"{DATABASE}_dark"):
        bed.drop(name)
    print(f"\n  {PICTURES}\n  {DESCRIPTION}\n")


def main():
    try:
        screenshots()
    except ChromeError as problem:
        raise bed.Failed(str(problem)) from None


if __name__ == "__main__":
    bed.main(main)
