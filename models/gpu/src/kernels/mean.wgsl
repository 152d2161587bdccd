// The mean over the pixels of each picture.

struct Params {
    rows: u32,
    quads: u32,
    pixels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4<f32>>;

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
    var sum = vec4(0.0);
    for (var pixel = 0u; pixel < params.pixels; pixel++) {
        sum += input[(row * params.pixels + pixel) * params.quads + n % params.quads];
    }
    output[n] = sum / f32(params.pixels);
}
