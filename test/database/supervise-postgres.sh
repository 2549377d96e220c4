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

while read -r command; do
  case $command in
    start)
      "$folder/bin/postgres" -D "$folder/data" -p "$port" >>"$folder/log" 2>&1 </dev/null &
      server=$!
      ;;
    stop) end_server INT ;;
    kill9) end_server KILL ;;
  esac
  echo "$command done"
done
end_server QUIT
rm -rf "$folder"
