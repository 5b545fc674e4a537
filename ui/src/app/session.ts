import { createContext, useContext } from 'react';
import type { Session } from '../api/client';

export const SessionContext = createContext<Session>(null!);
export const useSession = () => useContext(SessionContext);

/** Why an administrator's control is disabled for this user; undefined when it is not. */
export const useAdminReason = (): string | undefined =>
  useSession().is_admin ? undefined : 'Only administrators may do this. Ask one, or sign in as one.';
