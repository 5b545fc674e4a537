import {
  Alert,
  Button,
  Dropdown,
  DropdownItem,
  DropdownList,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadMain,
  MastheadToggle,
  MenuToggle,
  Nav,
  NavItem,
  NavList,
  Page,
  PageSidebar,
  PageSidebarBody,
  PageToggleButton,
  SkipToContent,
  ToggleGroup,
  ToggleGroupItem,
} from '@patternfly/react-core';
import { BarsIcon, DesktopIcon, MoonIcon, SunIcon } from '@patternfly/react-icons';
import { useEffect, useState, type ReactNode } from 'react';
import { NavLink, useLocation } from 'react-router-dom';
import * as api from '../api/client';
import { useLive } from '../api/queries';
import { ImportBadge } from '../activity/ImportBadge';
import { useSession } from './session';
import { applyTheme, themeNow, type Theme } from './theme';

const screens = [
  ['/images', 'Images'],
  ['/uploads', 'Uploads'],
  ['/sources', 'Sources'],
  ['/views', 'Views'],
  ['/racks', 'Racks'],
  ['/storage', 'Storage'],
  ['/activity', 'Activity'],
  ['/settings', 'Settings'],
] as const;

const wide = matchMedia('(min-width: 75rem)');

export function Shell({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  const live = useLive();
  const [open, setOpen] = useState(wide.matches);
  useEffect(() => {
    const follow = () => setOpen(wide.matches);
    wide.addEventListener('change', follow);
    return () => wide.removeEventListener('change', follow);
  }, []);
  // On narrow screens the navigation lies over the page: it goes when it was used.
  useEffect(() => {
    if (!wide.matches) setOpen(false);
  }, [pathname]);
  return (
    <Page
      mainContainerId="main"
      mainTabIndex={-1}
      skipToContent={
        <SkipToContent
          href="#main"
          onClick={(e) => {
            e.preventDefault();
            document.getElementById('main')?.focus();
          }}
        >
          Skip to content
        </SkipToContent>
      }
      masthead={<Head open={open} onToggle={() => setOpen(!open)} />}
      sidebar={
        <PageSidebar isSidebarOpen={open}>
          <PageSidebarBody>
            <Nav aria-label="Screens">
              <NavList>
                {screens.map(([path, title]) => (
                  <NavItem key={path} isActive={pathname.startsWith(path)}>
                    <NavLink to={path}>{title}</NavLink>
                  </NavItem>
                ))}
              </NavList>
            </Nav>
          </PageSidebarBody>
        </PageSidebar>
      }
    >
      {!live.connected && (
        <Alert isInline variant="warning" title="No connection to the region; what is shown may be old. Trying again…" className="bd-offline" />
      )}
      {children}
    </Page>
  );
}

function Head({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  return (
    <Masthead>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton aria-label="Navigation" isSidebarOpen={open} onSidebarToggle={onToggle} id="nav-toggle">
            <BarsIcon />
          </PageToggleButton>
        </MastheadToggle>
        <MastheadBrand>
          <NavLink to="/images" className="bd-brand">
            <img src="/MAAS/favicon.svg" alt="" width={28} height={28} />
            <span>BootDepot</span>
          </NavLink>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <div className="bd-head">
          <span className="bd-head__region">{useSession().region_name}</span>
          <span className="bd-head__fill" />
          <ImportBadge />
          <UserMenu />
        </div>
      </MastheadContent>
    </Masthead>
  );
}

function UserMenu() {
  const session = useSession();
  const [open, setOpen] = useState(false);
  const [theme, setTheme] = useState<Theme>(themeNow);
  const choose = (next: Theme) => {
    setTheme(next);
    applyTheme(next);
  };
  const signOut = async () => {
    await api.remove('session/');
    // A fresh page: nothing of what this user saw stays in memory.
    location.assign('/MAAS/');
  };
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      popperProps={{ position: 'right' }}
      toggle={(ref) => (
        <MenuToggle ref={ref} variant="plainText" isExpanded={open} onClick={() => setOpen(!open)}>
          {session.username}
        </MenuToggle>
      )}
    >
      <div className="bd-theme">
        <ToggleGroup aria-label="Theme">
          {(
            [
              ['system', 'As the system', <DesktopIcon key="s" />],
              ['light', 'Light', <SunIcon key="l" />],
              ['dark', 'Dark', <MoonIcon key="d" />],
            ] as const
          ).map(([name, label, icon]) => (
            <ToggleGroupItem key={name} aria-label={label} icon={icon} isSelected={theme === name} onChange={() => choose(name)} />
          ))}
        </ToggleGroup>
      </div>
      <DropdownList>
        <DropdownItem key="out" onClick={() => void signOut()}>
          Sign out
        </DropdownItem>
      </DropdownList>
    </Dropdown>
  );
}

export const Reload = ({ onClick }: { onClick: () => void }) => (
  <Button variant="link" isInline onClick={onClick}>
    Try again
  </Button>
);
