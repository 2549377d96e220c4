#!/usr/bin/env bash
# Stands before a program in PATH, writes the call down, and runs the program. The file "kill" beside it names one call of a run by its number, and who gets
# SIGKILL then: the trainer, "before" the program starts, so many seconds "during" it, or "after" it; or the program "itself". With a file
# "times" the end of each call is written down too; the file "limit" has the largest file, in KiB, that a program may write.
shims=${0%/*}
name=${0##*/}
read -r program <"$shims/$name.program"
words="$name $*"
exec 9>>"$shims/calls"
flock 9
printf '%s\n' "${words//$'\n'/ }" >&9
number=$(wc -l <"$shims/calls")
exec 9>&-
at='' when='' seconds=''
[ ! -f "$shims/kill" ] || read -r at when seconds <"$shims/kill"
if [ -f "$shims/limit" ]; then
  trap '' XFSZ
  ulimit -f "$(<"$shims/limit")"
fi
kill_trainer() { kill -KILL "$(<"$shims/trainer")" 2>/dev/null; }

if [ "$number" != "$at" ]; then
  [ -f "$shims/times" ] || exec "$program" "$@"
  started=$EPOCHREALTIME
  "$program" "$@"
  code=$?
  echo "$number $started $EPOCHREALTIME" >>"$shims/times"
  exit "$code"
fi
rm "$shims/kill"
case $when in
  before)
    kill_trainer
    exit 137
    ;;
  during)
    (trap '' INT && sleep "$seconds" && kill_trainer) </dev/null >/dev/null 2>&1 &
    exec "$program" "$@"
    ;;
  itself)
    (trap '' INT && sleep "$seconds" && kill -KILL $$) </dev/null >/dev/null 2>&1 &
    exec "$program" "$@"
    ;;
  after)
    "$program" "$@"
    code=$?
    kill_trainer
    exit "$code"
    ;;
esac
