import { Alert, Bullseye, PageSection, Spinner, Title } from '@patternfly/react-core';
import { useEffect, type ReactNode } from 'react';
import { Reload } from '../app/Shell';

interface Props {
  title: string;
  /** For the window title, when it says more. */
  windowTitle?: string;
  subtitle?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of a screen: title, what can be done, content. */
export function Screen({ title, windowTitle, subtitle, actions, children }: Props) {
  useEffect(() => {
    document.title = `${windowTitle ?? title} · BootDepot`;
  }, [title, windowTitle]);
  return (
    <>
      <PageSection className="bd-screen__head">
        <div>
          <Title headingLevel="h1">{title}</Title>
          {subtitle && <div className="bd-muted">{subtitle}</div>}
        </div>
        {actions && <div className="bd-screen__actions">{actions}</div>}
      </PageSection>
      <PageSection className="bd-screen__body" isFilled>
        {children}
      </PageSection>
    </>
  );
}

interface Query {
  isPending: boolean;
  isError: boolean;
  error: Error | null;
  refetch: () => unknown;
}

/** What is shown while something loads, or when it cannot be had. */
export function Loading({ query, what }: { query: Query; what: string }) {
  if (query.isError)
    return (
      <Alert variant="danger" isInline title={`${what} cannot be shown`} actionLinks={<Reload onClick={() => void query.refetch()} />}>
        {query.error?.message}
      </Alert>
    );
  return (
    <Bullseye className="bd-loading">
      <Spinner size="lg" aria-label={`Loading ${what}`} />
    </Bullseye>
  );
}
