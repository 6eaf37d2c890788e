import type { Session } from '../command/session';
import { POLICY_COLUMNS } from './policy-columns';

export async function listPolicies(session: Session): Promise<void> {
  const document = await session.api.listPolicies();
  session.list({ document, rows: document.policies, columns: POLICY_COLUMNS });
}

export async function showPolicy(session: Session, policy: string): Promise<void> {
  session.show(await session.api.getPolicy({ policy }), POLICY_COLUMNS);
}
