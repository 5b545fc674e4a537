import { Card, CardBody, CardHeader, CardTitle } from '@patternfly/react-core';
import { useEffect, type ReactNode } from 'react';

/** The frame of what is shown before anyone is signed in. */
export function Front({ title, subtitle, children }: { title: string; subtitle: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · BootDepot`;
  }, [title]);
  return (
    <main className="bd-front">
      <div className="bd-front__brand">
        <img src="/MAAS/favicon.svg" alt="" width={40} height={40} /> <span>BootDepot</span>
      </div>
      <Card className="bd-front__card">
        <CardHeader>
          <CardTitle component="h1">{title}</CardTitle>
          <p className="bd-muted">{subtitle}</p>
        </CardHeader>
        <CardBody>{children}</CardBody>
      </Card>
    </main>
  );
}
