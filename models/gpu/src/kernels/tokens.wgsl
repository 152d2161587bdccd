// What a token means plus where it stands. The table may be in pieces; a piece fills the rows of its own
// tokens and leaves the others.

struct Params {
    rows: u32,
    quads: u32,
    positions: u32,
    // The tokens of this piece.
    first: u32,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> tokens: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<Stored>;
@group(0) @binding(3) var<storage, read> places: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> output: array<vec4<f32>>;

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
    // A token before this piece wraps to a number that is beyond it.
    let token = tokens[row] - params.first;
    if token < params.count {
        let quad = n % params.quads;
        output[n] = vec4<f32>(widened(table[token * params.quads + quad]))
            + places[row % params.positions * params.quads + quad];
    }
}
