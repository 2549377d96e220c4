#!/usr/bin/env bash
# Runs once, when the data directory is empty: a role for the application that owns its database and is no superuser. Only a superuser may
# bring pgvector into a database, so that is done here too; the migrations find it.
set -euo pipefail
# The password is read from the environment: on a command line every process of the pod could see it.
: "${APP_PASSWORD:?is in the Secret postgres}"
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv password APP_PASSWORD
create role support_it_agent login password :'password';
create database support_it_agent owner support_it_agent;
revoke connect on database support_it_agent from public;
\connect support_it_agent
create extension vector;
SQL
