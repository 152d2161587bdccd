// Begins each picture of the batch with what belongs to its positions: row r is position r % positions.

struct Params {
    rows: u32,
    quads: u32,
    positions: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> table: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let n = (group.y * groups.x + group.x) * 64u + lane;
    let row = n / params.quads;
    if row < params.rows {
        output[n] = table[row % params.positions * params.quads + n % params.quads];
    }
}
