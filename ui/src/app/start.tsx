import '@patternfly/react-core/dist/styles/base.css';
import './app.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router-dom';
import { ApiError } from '../api/client';
import { App } from './App';
import { Toasts } from '../parts/toasts';

// The page is served at /MAAS/ too; its screens have addresses below /MAAS/r/.
if (!location.pathname.startsWith('/MAAS/r/')) history.replaceState(null, '', '/MAAS/r/images' + location.search + location.hash);

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
    },
  },
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <BrowserRouter basename="/MAAS/r">
        <Toasts>
          <App />
        </Toasts>
      </BrowserRouter>
    </QueryClientProvider>
  </StrictMode>,
);
