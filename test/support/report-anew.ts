import type { Pool } from 'pg';
import { migrate } from '../../store/migrate';

const UNDO = `
  drop trigger subscription_is_new on lifecycle.subscription;
  drop trigger subscription_has_changed on lifecycle.subscription;
  drop trigger payment_is_said on lifecycle.payment_statement;
  drop trigger payment_is_corrected on lifecycle.payment_statement;
  drop function lifecycle.subscription_is_new, lifecycle.subscription_has_changed, lifecycle.keep_revenue_changes,
    lifecycle.payment_is_said, lifecycle.count_payment;
  drop view lifecycle.counted_payment;
  drop table lifecycle.revenue_change;
  drop statistics lifecycle.stage_change_days;
  drop index lifecycle.payment_statement_by_time, lifecycle.customer_by_arrival;
  alter table lifecycle.subscription drop column mrr_minor;
  alter table lifecycle.payment_statement drop column newly_paid_minor, drop column newly_refunded_minor;
  alter table lifecycle.stage_change drop column left_at, drop column next_stage;
  drop function lifecycle.monthly_minor;
  delete from lifecycle.migration where name = '011_journey_report.sql'`;

/** Makes a store as it was before journey and revenue were reported, and brings it up to date with what it has. */
export async function reportAnew(pool: Pool, connectionUrl: string): Promise<void> {
  await pool.query(UNDO);
  await migrate(connectionUrl);
}
