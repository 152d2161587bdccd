// Decides which frames of a video to search with, so that the others need not be sent. It uses the measures
// of the desktop app's judge: motion and drift as a share of the frame's contrast, sharpness as the
// Laplacian's share of its variance.

import type { FrameState } from '../api/generated/FrameState';

const width = 256;
const height = 192;
const cell = 4;
const across = width / cell;
const down = height / cell;
/** A still hand stays within `enter`. A stable state ends only outside the wider limits of `leave`. */
const enter = { motion: 0.05, drift: 0.12, sharpness: 0.02 };
const leave = { motion: 0.1, drift: 0.25, sharpness: 0.012 };
/** How many calm, sharp frames in a row make the state stable. */
const streak = 3;
/** Mean brightness, of 255, below which a picture is mostly noise. */
const dark = 16;
/** Added to the contrast, in levels, so that noise in front of a plain wall is not motion. */
const noise = 8;
const noiseLaplacian = 30;
const follow = 0.15;

interface Means {
  cells: Float32Array;
  mean: number;
}

export class FrameJudge {
  #canvas: HTMLCanvasElement | null = null;
  #last: Means | null = null;
  #past: Means | null = null;
  #searched: Means | null = null;
  #stable = false;
  #streak = 0;
  #contrast = noise;

  /** Judges the current frame of a video. */
  look(video: HTMLVideoElement): FrameState {
    this.#canvas ??= Object.assign(document.createElement('canvas'), { width, height });
    const context = this.#canvas.getContext('2d', { willReadFrequently: true, alpha: false });
    if (!context) return 'stable';
    context.drawImage(video, 0, 0, width, height);
    return this.judge(context.getImageData(0, 0, width, height).data);
  }

  /** Judges a frame of 256 × 192 pixels, as RGBA. */
  judge(pixels: ArrayLike<number>): FrameState {
    const light = lightOf(pixels);
    const { mean, variance } = moments(light);
    this.#contrast = Math.sqrt(variance) + noise;
    const means = meansOf(light);
    const motion = this.#far(means, this.#last);
    const drift = this.#far(means, this.#past);
    const sharpness = Math.max(0, laplacianVariance(light) - noiseLaplacian) / (variance + noise * noise);
    this.#last = means;
    this.#past = this.#past ? followed(this.#past, means) : means;
    const limits = this.#stable ? leave : enter;
    const calm = motion <= limits.motion && drift <= limits.drift;
    const sharp = sharpness >= limits.sharpness && mean >= dark;
    this.#streak = calm && sharp ? this.#streak + 1 : 0;
    this.#stable = this.#streak >= streak;
    return this.#stable ? 'stable' : calm && !sharp ? 'blurred' : 'moving';
  }

  /** Whether the last frame differs from the one that was last searched with. */
  get isNew(): boolean {
    return this.#last !== null && this.#far(this.#last, this.#searched) > enter.motion;
  }

  /** Marks the last frame as searched with. */
  searched(): void {
    this.#searched = this.#last;
  }

  /** Makes the next stable frame count as new, because the words or filters changed. */
  forget(): void {
    this.#searched = null;
  }

  #far(means: Means, other: Means | null): number {
    return other ? distance(means, other) / this.#contrast : 1;
  }
}

function lightOf(pixels: ArrayLike<number>): Float32Array {
  const light = new Float32Array(width * height);
  for (let at = 0; at < light.length; at++) {
    const from = at * 4;
    light[at] = (77 * pixels[from]! + 150 * pixels[from + 1]! + 29 * pixels[from + 2]!) / 256;
  }
  return light;
}

function moments(light: Float32Array): { mean: number; variance: number } {
  let sum = 0;
  let squares = 0;
  for (const level of light) {
    sum += level;
    squares += level * level;
  }
  const mean = sum / light.length;
  return { mean, variance: Math.max(0, squares / light.length - mean * mean) };
}

function meansOf(light: Float32Array): Means {
  const cells = new Float32Array(across * down);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / cell) * across;
    for (let x = 0; x < width; x++)
      cells[row + Math.floor(x / cell)]! += light[y * width + x]! / (cell * cell);
  }
  return { cells, mean: cells.reduce((sum, level) => sum + level, 0) / cells.length };
}

/** Mean difference in levels, without a shift that all cells share. */
function distance(a: Means, b: Means): number {
  const shift = a.mean - b.mean;
  let sum = 0;
  for (let at = 0; at < a.cells.length; at++) sum += Math.abs(a.cells[at]! - b.cells[at]! - shift);
  return sum / a.cells.length;
}

function followed(past: Means, next: Means): Means {
  const cells = past.cells.map((level, at) => level + follow * (next.cells[at]! - level));
  return { cells, mean: past.mean + follow * (next.mean - past.mean) };
}

function laplacianVariance(light: Float32Array): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const around = light[at - width]! + light[at + width]! + light[at - 1]! + light[at + 1]!;
      const value = around - 4 * light[at]!;
      sum += value;
      squares += value * value;
      count++;
    }
  }
  const mean = sum / count;
  return squares / count - mean * mean;
}
