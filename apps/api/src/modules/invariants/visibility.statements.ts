/**
 * The tables of which row-level security may hide rows from this login. Only a policy that says
 * `true` proves that it sees them all: no row found means nothing otherwise. Statistics and file sizes
 * would be a guess, and a few rows seen would hide the rest. A view is as visible as its tables.
 */
export const hiddenTables = `
SELECT array_agg(name ORDER BY name) AS hidden
FROM (
  SELECT c.relname::text AS name, COALESCE(bool_or(p.polpermissive AND p.proves), false)
    AND NOT COALESCE(bool_or(NOT p.polpermissive), false) AS sees_all
  FROM unnest($1::text[]) AS given
  JOIN pg_class AS c ON c.oid = to_regclass('public.' || given) OR c.oid IN (
    SELECT d.refobjid FROM pg_rewrite AS w
    JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
      AND d.refclassid = 'pg_class'::regclass
    WHERE w.ev_class = to_regclass('public.' || given) AND d.refobjid <> w.ev_class)
  LEFT JOIN LATERAL (
    SELECT polpermissive, pg_get_expr(polqual, polrelid) = 'true' AS proves
    FROM pg_policy
    WHERE polrelid = c.oid AND polcmd IN ('*', 'r') AND EXISTS (
      SELECT FROM unnest(polroles) AS holder
      WHERE CASE WHEN holder = 0 THEN true ELSE pg_has_role(holder, 'USAGE') END)
  ) AS p ON true
  WHERE row_security_active(c.oid)
  GROUP BY c.relname
) AS secured
WHERE NOT sees_all`;
