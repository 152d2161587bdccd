// Copies the patch under each output pixel into a row, channel by channel, line by line: what a convolution
// multiplies. What lies outside of the picture is 0, and so is what fills the last quad.

struct Params {
    rows: u32,
    quads: u32,
    columns: u32,
    kernel: u32,
    stride: u32,
    padding: u32,
    // Of the input, in pixels, and of the output across.
    height: u32,
    width: u32,
    outputs_down: u32,
    outputs_across: u32,
    // How far one picture, line, pixel and channel is from the next, in values.
    picture_step: u32,
    line_step: u32,
    pixel_step: u32,
    channel_step: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4<f32>>;

fn value(row: u32, column: u32) -> f32 {
    if column >= params.columns {
        return 0.0;
    }
    let area = params.outputs_down * params.outputs_across;
    let place = row % area;
    // Beyond the first line or pixel it wraps to a number that is beyond the last.
    let y = place / params.outputs_across * params.stride + column / params.kernel % params.kernel - params.padding;
    let x = place % params.outputs_across * params.stride + column % params.kernel - params.padding;
    if y >= params.height || x >= params.width {
        return 0.0;
    }
    let channel = column / (params.kernel * params.kernel);
    return input[row / area * params.picture_step + y * params.line_step + x * params.pixel_step
        + channel * params.channel_step];
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let n = (group.y * groups.x + group.x) * 64u + lane;
    let row = n / params.quads;
    if row >= params.rows {
        return;
    }
    let column = n % params.quads * 4u;
    output[n] = vec4(value(row, column), value(row, column + 1u), value(row, column + 2u), value(row, column + 3u));
}
