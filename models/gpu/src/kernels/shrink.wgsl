// Square planes, each square of pixels replaced by its mean.

struct Params {
    planes: u32,
    // Pixels across, and down, of a plane of the input and of the output.
    side: u32,
    small: u32,
    // The side of a square.
    by: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let n = (group.y * groups.x + group.x) * 64u + lane;
    if n >= params.planes * params.small * params.small {
        return;
    }
    let line = n / params.small * params.by;
    let x = n % params.small * params.by;
    var sum = 0.0;
    for (var dy = 0u; dy < params.by; dy++) {
        for (var dx = 0u; dx < params.by; dx++) {
            sum += input[(line + dy) * params.side + x + dx];
        }
    }
    output[n] = sum / f32(params.by * params.by);
}
