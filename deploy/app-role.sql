-- What the services may do in the database (docs/deploy.md, section 3). They own nothing: they cannot drop or alter a table,
-- disable a trigger, or touch what is written in the journal and the history. Run by the owner after `migrate` and after `restore`:
--   psql -d jinyun -v app=jinyun_app -f deploy/app-role.sql
-- Running it again changes nothing.
BEGIN;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"app";
REVOKE UPDATE, DELETE ON journal_journalentry FROM :"app";
REVOKE DELETE ON journal_journalhead FROM :"app";
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM :"app";
-- History rows are written once, too. psql runs what this query returns.
SELECT format('REVOKE UPDATE, DELETE ON %I FROM %I', tablename, :'app')
  FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE '%\_historical%' \gexec
COMMIT;
