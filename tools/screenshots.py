"""make screenshots: pictures of the screens, from the demonstration data.

Those that the README and the description page show go to static/description. With
ALL=1 every screen goes to .bed/screenshots, in four of the eight ways there are
(English and Dutch, light and dark, desk and phone) that together show each of them
twice; some from right to left where rtlcss is installed. T=word: of all of these,
those of that name, which may be a regular expression.
"""

import concurrent.futures
import contextlib
import os
import re
import shutil
import signal
import subprocess

import bed
import demo
from chrome import Chrome, ChromeError
from PIL import Image
from scenes import scenes

DATABASE = "shots"
PICTURES = bed.BED / "screenshots"
DESCRIPTION = bed.SOURCE / "static" / "description"
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
# login = password → language; all may see money
PEOPLE = {"anna": "en_US", "bram": "nl_NL"}
WAYS = (
    ("anna", "light", "desk"),
    ("bram", "light", "phone"),
    ("bram", "dark", "desk"),
    ("anna", "dark", "phone"),
)
# read from right to left: what points, or has sides
ARABIC = {"rana": "ar_001"}
MIRRORED = (
    "clients", "clients-list", "why", "history", "critical", "flags", "pipeline",
    "recovery-review", "offboarding-projects", "what-if",
)  # fmt: skip
MIRRORED_WAYS = (("rana", "light", "desk"), ("rana", "light", "phone"))

# run in odoo shell
PREPARE = """
people = {people!r}
for lang in set(people.values()):
    env["res.lang"]._activate_lang(lang)
modules = env["ir.module.module"].search([("state", "=", "installed")])
modules._update_translations(list(people.values()))
new = env["res.company"].create({{"name": "New Firm"}})
for login, lang in people.items():
    for company, mark in ((env.company, ""), (new, "-new")):
        user = env.ref("base.user_admin").copy(
            {{"name": login.capitalize(), "login": login + mark, "lang": lang,
              "company_id": company.id, "company_ids": [(6, 0, company.ids)]}}
        )
        user.password = login
        if "odoobot_state" in user:
            user.odoobot_state = "disabled"  # its chat would cover a phone
env.cr.commit()
"""
# nothing moves on the page any more, and nothing is on its way
STILL = """new Promise((done) => { let tries = 0, moved = true;
    const watch = new MutationObserver(() => { moved = true });
    watch.observe(document, {subtree: true, childList: true, attributes: true});
    const timer = setInterval(() => {
        if ((moved || document.querySelector(".o_loading_indicator"))
            && ++tries < 50) { moved = false; return }
        clearInterval(timer); watch.disconnect(); done() }, 200) })"""
DARK = """
scss = open({path!r}).read().encode()
env["ir.attachment"].create({{"name": "dark.scss", "type": "binary", "raw": scss,
    "mimetype": "text/scss", "url": "/screenshots/dark.scss", "public": True}})
env["ir.asset"].create({{"name": "dark", "directive": "prepend",
    "bundle": "web._assets_primary_variables", "path": "/screenshots/dark.scss"}})
env.cr.commit()
"""


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


def prepare(people):
    """Two databases like that of make demo: one as it is, and a dark one."""
    with bed.alone("demo"):
        demo.prepare()
        demo.stop()  # a database in use cannot be copied
        bed.copy(demo.DATABASE, DATABASE)
    shell(DATABASE, PREPARE.format(people=people))
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
    chrome.run(STILL)
    for step in scene.steps:
        chrome.run(step)
        chrome.run(STILL)
    chrome.run("document.fonts.ready.then(() => document.activeElement.blur())")
    wide = chrome.run("document.documentElement.scrollWidth - window.innerWidth")
    if wide > 0:
        bed.say(f"{name} is {wide} pixels wider than the screen")
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


def wanted(people):
    """The pictures to take: (theme, person, login) → [(Scene, device, name)]."""
    word = os.environ.get("T", "")
    every = word or os.environ.get("ALL")
    shown = {(which, *where) for which, _part, *where in SHOWN.values()}
    pictures = {}
    for scene in scenes(bed, DATABASE):
        ways = [where for which, *where in shown if which == scene.name]
        ways += WAYS if every else ()
        if every and ARABIC.keys() <= people.keys() and scene.name in MIRRORED:
            ways += MIRRORED_WAYS
        for person, theme, device in sorted(set(map(tuple, ways))):
            name = f"{scene.name}-{people[person][:2]}-{theme}-{device}"
            login = person if scene.company == "main" else f"{person}-new"
            if re.search(word, name):
                todo = pictures.setdefault((theme, person, login), [])
                todo.append((scene, device, name))
    return pictures


def take(theme, pictures):
    """Take the pictures of one theme; returns what went wrong."""
    failed = []
    database = DATABASE if theme == "light" else f"{DATABASE}_dark"
    with server(database) as address, Chrome() as chrome:
        for (which, person, login), todo in pictures.items():
            if which != theme:
                continue
            chrome.resize(*SIZES["desk"])
            chrome.log_in(address, login, person)
            # how a dark theme tells Odoo's own charts
            chrome.run(f"document.cookie = 'color_scheme={theme}; path=/'")
            for scene, device, name in todo:
                bed.say(name)
                try:
                    picture(chrome, scene, address, device, name)
                    publish(chrome, scene, person, theme, device)
                except ChromeError as problem:
                    failed.append(f"{name}: {problem}")
    return failed


def screenshots():
    people = PEOPLE | (ARABIC if shutil.which("rtlcss") else {})
    prepare(people)
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    pictures = wanted(people)
    # a server and a browser per theme, at the same time
    with concurrent.futures.ThreadPoolExecutor() as pool:
        themes = {theme for theme, _person, _login in pictures}
        failed = sum(pool.map(lambda theme: take(theme, pictures), themes), [])
    for name in (DATABASE, f"{DATABASE}_dark"):
        bed.drop(name)
    print(f"\n  {PICTURES}\n  {DESCRIPTION}\n")
    if failed:
        raise bed.Failed("\n".join(["not pictured:", *failed]))


def main():
    try:
        screenshots()
    except ChromeError as problem:
        raise bed.Failed(str(problem)) from None


if __name__ == "__main__":
    bed.main(main)
