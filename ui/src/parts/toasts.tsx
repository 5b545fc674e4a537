import { Alert, AlertActionCloseButton, AlertGroup } from '@patternfly/react-core';
import { createContext, useCallback, useContext, useState, type ReactNode } from 'react';

type Variant = 'success' | 'danger' | 'info' | 'warning';
type Show = (variant: Variant, title: string, text?: string) => void;

const Context = createContext<Show>(() => {});
/** Tells, in the corner, how something ended that the person did not wait for. */
export const useToast = () => useContext(Context);

let next = 0;

export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<{ id: number; variant: Variant; title: string; text?: string }[]>([]);
  const close = useCallback((id: number) => setToasts((all) => all.filter((t) => t.id !== id)), []);
  const show = useCallback<Show>((variant, title, text) => setToasts((all) => [...all.slice(-4), { id: next++, variant, title, text }]), []);
  return (
    <Context.Provider value={show}>
      {children}
      <AlertGroup isToast isLiveRegion aria-label="Notices">
        {toasts.map((t) => (
          <Alert
            key={t.id}
            variant={t.variant}
            title={t.title}
            timeout={t.variant === 'danger' ? false : 6000}
            onTimeout={() => close(t.id)}
            actionClose={<AlertActionCloseButton title={`Close: ${t.title}`} onClose={() => close(t.id)} />}
          >
            {t.text}
          </Alert>
        ))}
      </AlertGroup>
    </Context.Provider>
  );
}
