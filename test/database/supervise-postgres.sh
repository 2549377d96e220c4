# Runs one PostgreSQL server on behalf of the process at the other end of standard input.
#   sh supervise-postgres.sh SERVER_FOLDER PORT
# SERVER_FOLDER holds data/ and the programs under bin/ by the time of the first start.
# Commands, one a line: start, stop (orderly), kill9 (the whole server at once), each answered by one line when done.
# At the end of standard input, however the owner ended, the server is stopped and SERVER_FOLDER removed.
folder=$1 port=$2
server=
exec 2>>"$folder/log"

end_server() { # $1: signal
  [ -n "$server" ] || return 0
  kill "-$1" "$server" 2>/dev/null
  wait "$server"
  server=
}

# A backend outlives a killed postmaster for a moment, and may answer one more statement on its open connection.
kill_whole_server() {
  [ -n "$server" ] || return 0
  backends=$(ps -A -o pid= -o ppid= | awk -v parent="$server" '$2 == parent { print $1 }')
  end_server KILL
  for backend in $backends; do
    kill -KILL "$backend" 2>/dev/null
    while kill -0 "$backend" 2>/dev/null; do sleep 0.01; done
  done
}

while read -r command; do
  case $command in
    start)
      "$folder/bin/postgres" -D "$folder/data" -p "$port" >>"$folder/log" 2>&1 </dev/null &
      server=$!
      ;;
    stop) end_server INT ;;
    kill9) kill_whole_server ;;
  esac
  echo "$command done"
done
end_server QUIT
rm -rf "$folder"
