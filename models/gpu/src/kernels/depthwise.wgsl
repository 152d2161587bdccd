// ReLU6 of a convolution in which each channel has a kernel of its own. A thread makes STRIP pixels of a line for a
// quad of channels: it reads an input of the line once for all of them, and a tap of the kernel once. What begins with
// $ is written by `mod.rs`, unrolled.

struct Params {
    // Of the output, those of all pictures, one below the other.
    lines: u32,
    quads: u32,
    // In a line of the output.
    strips: u32,
    // Pixels across, and down, of a picture of the input and of the output.
    side: u32,
    outputs: u32,
    // Zeros above and to the left.
    padding: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4<f32>>;
// [KERNEL · KERNEL, quads]
@group(0) @binding(2) var<storage, read> taps: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> output: array<vec4<f32>>;

// Left of the first pixel x wraps to a number that is beyond the last.
fn value(line: u32, x: u32, quad: u32) -> vec4<f32> {
    if x >= params.side {
        return vec4(0.0);
    }
    return input[(line * params.side + x) * params.quads + quad];
}

fn store(line: u32, x: u32, quad: u32, sum: vec4<f32>) {
    if x < params.outputs {
        output[(line * params.outputs + x) * params.quads + quad] = clamp(sum, vec4(0.0), vec4(6.0));
    }
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let n = (group.y * groups.x + group.x) * 64u + lane;
    let quad = n % params.quads;
    let strip = n / params.quads;
    if strip >= params.lines * params.strips {
        return;
    }
    let x = strip % params.strips * STRIP;
    let start = x * STRIDE - params.padding;
    let picture = strip / params.strips / params.outputs;
    let y = strip / params.strips % params.outputs * STRIDE - params.padding;
    $sums
    for (var dy = 0u; dy < KERNEL; dy++) {
        if y + dy < params.side {
            let line = picture * params.side + y + dy;
            $load
            $multiply
        }
    }
    $store
}
