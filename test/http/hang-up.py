"""Starts a program in a terminal of its own, waits until a line of its output holds a text, and closes the terminal.

    python3 hang-up.py TEXT PROGRAM [ARGUMENT...]

Prints how the program ended within 30 seconds: "exit CODE", "signal NUMBER", or "still running" (it is killed then).
"""

import os
import pty
import signal
import sys
import time

wanted, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
seen = b""
while wanted.encode() not in seen:
    seen += os.read(terminal, 4096)
os.close(terminal)
for _ in range(300):
    ended, status = os.waitpid(child, os.WNOHANG)
    if ended:
        code = os.waitstatus_to_exitcode(status)
        print(f"exit {code}" if code >= 0 else f"signal {-code}")
        break
    time.sleep(0.1)
else:
    os.kill(child, signal.SIGKILL)
    print("still running")
