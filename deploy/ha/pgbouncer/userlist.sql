-- The lines of userlist.txt, asked as a superuser with `psql -At`. They hold verifiers, not passwords: PgBouncer lets in
-- whoever knows the password, and logs in with what that client proved.
SELECT format('"%s" "%s"', rolname, rolpassword)
FROM pg_authid
WHERE rolname IN ('payments_api', 'payments_worker', 'payments_operations')
ORDER BY rolname;
