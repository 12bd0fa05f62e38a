import type { UiLanguage } from '../ui-language.js';
import { EN } from './en.js';
import { FR } from './fr.js';
import { NL } from './nl.js';
import type { Texts } from './texts.js';

export const TEXTS: Readonly<Record<UiLanguage, Texts>> = { fr: FR, nl: NL, en: EN };
