import { Bullseye, EmptyState, EmptyStateBody, Spinner, Button, EmptyStateFooter } from '@patternfly/react-core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Navigate, Route, Routes, useNavigate } from 'react-router-dom';
import * as api from '../api/client';
import { LiveContext, keys, useLiveFeed } from '../api/queries';
import { ImagesPage } from '../images/ImagesPage';
import { ImagePage } from '../images/ImagePage';
import { SourcesPage } from '../sources/SourcesPage';
import { UploadsPage } from '../uploads/UploadsPage';
import { ActivityPage } from '../activity/ActivityPage';
import { ImportPage } from '../activity/ImportPage';
import { RacksPage } from '../racks/RacksPage';
import { RackPage } from '../racks/RackPage';
import { ViewsPage } from '../views/ViewsPage';
import { StoragePage } from '../storage/StoragePage';
import { SettingsPage } from '../settings/SettingsPage';
import { UploadEngine } from '../uploads/engine';
import { FirstSignIn } from './FirstSignIn';
import { SessionContext } from './session';
import { Shell } from './Shell';
import { SignIn } from './SignIn';
import { WelcomePage } from './WelcomePage';

export function App() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const session = useQuery({
    queryKey: keys.session,
    queryFn: async () => {
      const now = await api.get<api.Session>('session/');
      api.keepProof(now.csrf_token);
      return now;
    },
    staleTime: Infinity,
  });
  useEffect(() => api.whenSignedOut(() => void client.invalidateQueries({ queryKey: keys.session })), [client]);
  const live = useLiveFeed(!!session.data?.username);

  if (session.isPending)
    return (
      <Bullseye>
        <Spinner aria-label="Loading" />
      </Bullseye>
    );
  if (session.isError)
    return (
      <Bullseye>
        <EmptyState titleText="The region does not answer" headingLevel="h1" status="danger">
          <EmptyStateBody>{session.error.message}</EmptyStateBody>
          <EmptyStateFooter>
            <Button onClick={() => void session.refetch()}>Try again</Button>
          </EmptyStateFooter>
        </EmptyState>
      </Bullseye>
    );
  const begin = (now: api.Session) => {
    api.keepProof(now.csrf_token);
    // What the former user saw goes; the session itself stays watched.
    client.removeQueries({ predicate: (q) => q.queryKey[0] !== keys.session[0] });
    client.setQueryData(keys.session, now);
  };
  if (!session.data.username)
    return session.data.needs_first_sign_in ? (
      <FirstSignIn
        onDone={(now) => {
          begin(now);
          void navigate('/welcome', { replace: true });
        }}
      />
    ) : <SignIn name={session.data.region_name} onDone={begin} />;
  return (
    <SessionContext.Provider value={session.data}>
      <LiveContext.Provider value={live}>
        <UploadEngine>
          <Shell>
            <Routes>
              <Route path="/welcome" element={<WelcomePage />} />
              <Route path="/images" element={<ImagesPage />} />
              <Route path="/images/:key" element={<ImagePage />} />
              <Route path="/uploads" element={<UploadsPage />} />
              <Route path="/sources" element={<SourcesPage />} />
              <Route path="/activity" element={<ActivityPage />} />
              <Route path="/activity/imports/:id" element={<ImportPage />} />
              <Route path="/racks" element={<RacksPage />} />
              <Route path="/racks/:id" element={<RackPage />} />
              <Route path="/views" element={<ViewsPage />} />
              <Route path="/storage" element={<StoragePage />} />
              <Route path="/settings" element={<SettingsPage />} />
              <Route path="*" element={<Navigate to="/images" replace />} />
            </Routes>
          </Shell>
        </UploadEngine>
      </LiveContext.Provider>
    </SessionContext.Provider>
  );
}
