export type Theme = 'system' | 'light' | 'dark';

const dark = matchMedia('(prefers-color-scheme: dark)');
export const themeNow = (): Theme => (localStorage.getItem('theme') as Theme | null) ?? 'system';

export function applyTheme(theme: Theme = themeNow()) {
  if (theme === 'system') localStorage.removeItem('theme');
  else localStorage.setItem('theme', theme);
  const isDark = theme === 'dark' || (theme === 'system' && dark.matches);
  document.documentElement.classList.toggle('pf-v6-theme-dark', isDark);
  document.documentElement.style.colorScheme = isDark ? 'dark' : 'light';
}

dark.addEventListener('change', () => applyTheme());
