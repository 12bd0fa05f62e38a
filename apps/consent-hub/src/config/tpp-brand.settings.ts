import type { BrandAccent } from '@consent-hub/platform';
import { IsOptional, IsString, Matches, ValidateBy } from 'class-validator';

/** The text on an accent: the one of the two that is easier to read there. */
const INKS = ['#ffffff', '#1a1d23'] as const;
/** WCAG 2.2, success criterion 1.4.3. */
const LEAST_CONTRAST = 4.5;

/** What a person sees of the provider that runs the hub. */
export class TppBrandSettings {
  /** Default: the pages speak of "the application". */
  @IsOptional()
  @Matches(/^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,40}$/u, {
    message: '$property must be 1 to 40 printable characters',
  })
  HUB_BRAND_NAME?: string;

  @IsOptional()
  @IsString()
  HUB_BRAND_LOGO_FILE?: string;

  @IsOptional()
  @ValidateBy({
    name: 'brandAccent',
    validator: {
      validate: (value: unknown) => faultOf(value) === undefined,
      defaultMessage: (given) => `$property ${faultOf(given?.value)}`,
    },
  })
  HUB_BRAND_ACCENT?: string;

  get accent(): BrandAccent | null {
    return this.HUB_BRAND_ACCENT === undefined ? null : accentOf(this.HUB_BRAND_ACCENT);
  }
}

function faultOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^#[\da-f]{6}$/i.test(value))
    return 'must be a colour of six hexadecimal digits, such as #0b5fff';
  const { colour, ink } = accentOf(value);
  if (contrast(colour, ink) >= LEAST_CONTRAST) return undefined;
  return `must be darker or lighter: neither white nor black text has a contrast of ${LEAST_CONTRAST} on it`;
}

function accentOf(given: string): BrandAccent {
  const colour = given.toLowerCase();
  const [light, dark] = INKS;
  return { colour, ink: contrast(colour, light) >= contrast(colour, dark) ? light : dark };
}

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
