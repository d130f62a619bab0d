"""The scheduler of a server without the server: python scheduler.py DATABASE LOG

For each line it reads it makes a process, prints its id, and lets it do the jobs that
are due. That one may be killed, over and over, without anything to be started again.
"""

import contextlib
import os
import signal
import sys


def main(database, log):
    from odoo import sql_db
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(
        ["-d", database, "--no-http", "--logfile", log], setup_logging=True
    )
    from odoo.addons.base.models.ir_cron import IrCron

    Registry(database)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for _line in sys.stdin:
        sql_db.close_all()
        pid = os.fork()
        if pid == 0:
            with contextlib.suppress(Exception):
                IrCron._process_jobs(database)
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
