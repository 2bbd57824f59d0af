"""The losses of the stand-alone script, as text; :mod:`lgm_core.export.script` puts it together.

Each text follows the loss of the same name in :mod:`lgm_core.losses` operation by operation, so
that the script's weights are the run's. The constants that it names are set by the script's head.
"""

from __future__ import annotations

SOFTMAX = '''\
class Loss(nn.Module):
    """Plain softmax: cross-entropy of the logits w_k . x + b_k."""

    def __init__(self, num_classes):
        super().__init__()
        linear = nn.Linear(FEATURE_DIM, num_classes)
        self.weight, self.bias = linear.weight, linear.bias

    def forward(self, x, z):
        return F.cross_entropy(self.logits(x), z)

    def logits(self, x):
        return F.linear(x, self.weight, self.bias)
'''

CENTER = '''\
class Loss(nn.Module):
    """Softmax that also pulls each feature to the center of its class, lambda / 2 |x - c_z|^2.

    The centers are no parameters: after each batch, center k moves by
    -0.5 sum_(z_i = k) (c_k - x_i) / (1 + n_k), with n_k digits of class k in the batch.
    """

    def __init__(self, num_classes):
        super().__init__()
        linear = nn.Linear(FEATURE_DIM, num_classes)
        self.weight, self.bias = linear.weight, linear.bias
        self.register_buffer("centers", torch.zeros(num_classes, FEATURE_DIM))

    def forward(self, x, z):
        classification = F.cross_entropy(self.logits(x), z)
        center = 0.5 * (x - self.centers[z]).square().sum(1).mean()
        self.move_centers(x, z)
        return classification + LAMBDA * center

    @torch.no_grad()
    def move_centers(self, x, z):
        pull = torch.zeros_like(self.centers).index_add_(0, z, self.centers[z] - x)
        counts = torch.bincount(z, minlength=len(self.centers)).unsqueeze(1)
        self.centers -= 0.5 * pull / (1 + counts)

    def logits(self, x):
        return F.linear(x, self.weight, self.bias)
'''

_LGM = '''\
class Loss(nn.Module):
    """Large-margin Gaussian mixture: features of class k follow N(mu_k, {sigma}).

    d_k    = {distance}
    logits = {logits}; in training, the true class z has (1 + alpha) d_z for d_z
    loss   = cross-entropy of the training logits + lambda * {likelihood}, batch mean

    Computed in float64: cross-entropy lives on small differences of large distances.
    """

    def __init__(self, num_classes):
        super().__init__()
        self.alpha = ALPHA
        self.means = nn.Parameter(torch.randn(num_classes, FEATURE_DIM))
'''

LGM_IDENTITY = (
    _LGM.format(
        sigma="I",
        distance="1/2 |x - mu_k|^2",
        logits="-d_k",
        likelihood="d_z",
    )
    + '''
    def forward(self, x, z):
        distances = self.distances(x)
        true = z.unsqueeze(1)
        true_distance = distances.gather(1, true)
        with_margin = (-distances).scatter_add(1, true, -self.alpha * true_distance)
        classification = F.cross_entropy(with_margin, z)
        likelihood = true_distance.mean()
        return classification + LAMBDA * likelihood

    def distances(self, x):
        """d_k [N, K] of features x [N, D] to every mean."""
        return 0.5 * (x.double().unsqueeze(1) - self.means).square().sum(2)

    def logits(self, x):
        return -self.distances(x).float()
'''
)

_LEARNED = '''\
        self.log_variances = nn.Parameter(torch.zeros(num_classes, {width}))

    def forward(self, x, z):
        v, half_log_det = self.spread()
        distances = self.distances(x, v)
        true = z.unsqueeze(1)
        true_distance = distances.gather(1, true)
        logits = -distances - half_log_det
        with_margin = logits.scatter_add(1, true, -self.alpha * true_distance)
        classification = F.cross_entropy(with_margin, z)
        likelihood = (true_distance.squeeze(1) + half_log_det[z]).mean()
        return classification + LAMBDA * likelihood

    def spread(self):
        """Log variances, bounded, and 1/2 log|Sigma_k| [K]."""
        v = Bounded.apply(self.log_variances)
        return v, {half} * v.sum(1, dtype=torch.float64)

    def distances(self, x, v):
        """d_k [N, K] of features x [N, D] to every Gaussian with log variances v."""
        difference = x.double().unsqueeze(1) - self.means
        return 0.5 * (difference.square() * torch.exp(-v.double())).sum(2)

    def logits(self, x):
        v, half_log_det = self.spread()
        return (-self.distances(x, v) - half_log_det).float()


class Bounded(torch.autograd.Function):
    """Log variances between log 1e-4 and log 1e4: the loss has no minimum where one goes to 0.

    Unlike torch.clamp, a gradient that leads back inside passes at the bound.
    """

    low, high = math.log(1e-4), math.log(1e4)

    @staticmethod
    def forward(ctx, v):
        ctx.save_for_backward(v)
        return v.clamp(Bounded.low, Bounded.high)

    @staticmethod
    def backward(ctx, grad):
        (v,) = ctx.saved_tensors
        outward = ((v < Bounded.low) & (grad > 0)) | ((v > Bounded.high) & (grad < 0))
        return grad.masked_fill(outward, 0.0)
'''

_LEARNED_WORDS = {
    "distance": "1/2 (x - mu_k)^T Sigma_k^-1 (x - mu_k)",
    "logits": "-d_k - 1/2 log|Sigma_k|",
    "likelihood": "(d_z + 1/2 log|Sigma_z|)",
}

LGM_ISOTROPIC = _LGM.format(sigma="Sigma_k = sigma_k^2 I", **_LEARNED_WORDS) + _LEARNED.format(
    width="1", half="0.5 * FEATURE_DIM"
)

LGM_DIAGONAL = _LGM.format(sigma="Sigma_k diagonal", **_LEARNED_WORDS) + _LEARNED.format(
    width="FEATURE_DIM", half="0.5"
)

_ANGULAR = '''\
class Loss(nn.Module):
    """{title}: softmax whose true class must win by a margin in the angle theta_z.

{formula}
    """

    def __init__(self, num_classes):
        super().__init__()
        self.alpha = ALPHA
        # A class weight that started short could shrink to 0: all start with length 1.
        self.W = nn.Parameter(F.normalize(torch.randn(FEATURE_DIM, num_classes), dim=0))

    def forward(self, x, z):
        cosines = self.cosines(x)
        true = z.unsqueeze(1)
        with_margin = self.with_margin(cosines.gather(1, true).squeeze(1))
        cosines = cosines.scatter(1, true, with_margin.unsqueeze(1))
        return F.cross_entropy(self.scale(cosines, x), z)

    def cosines(self, x):
        """cos theta_k [N, K] between features x [N, D] and the class weights."""
        return F.normalize(x) @ F.normalize(self.W.t()).t()

    def logits(self, x):
        return self.scale(self.cosines(x), x)

'''

_MULTIPLIED = '''\
    def with_margin(self, cosine):
        """psi(theta) from cos theta: cos(m theta) as a polynomial of cos theta."""
        m = min(4, 1 + math.floor(self.alpha + 0.5))
        n = torch.arange(m // 2 + 1, dtype=cosine.dtype, device=cosine.device)
        binomials = torch.tensor([math.comb(m, 2 * i) for i in range(m // 2 + 1)]).to(n)
        c = cosine.unsqueeze(1)
        terms = (-1) ** n * binomials * c ** (m - 2 * n) * (1 - c**2) ** n
        with torch.no_grad():
            j = (torch.acos(cosine.clamp(-1, 1)) / (math.pi / m)).floor()
        return (-1) ** j * terms.sum(1) - 2 * j

'''

_PSI = """\
    The true class has psi(theta_z) for cos theta_z, with psi(theta) = (-1)^j cos(m theta) - 2 j,
    j the whole part of m theta / pi, and m = 1 + alpha as a whole number, 4 at most."""

L_SOFTMAX = (
    _ANGULAR.format(
        title="L-Softmax",
        formula=f"    logits = |w_k| |x| cos theta_k.\n{_PSI}",
    )
    + _MULTIPLIED
    + """\
    def scale(self, cosines, x):
        return cosines * (self.W.norm(dim=0).unsqueeze(0) * x.norm(dim=1).unsqueeze(1))
"""
)

SPHEREFACE = (
    _ANGULAR.format(
        title="SphereFace",
        formula=f"    logits = |x| cos theta_k: class weights of length 1.\n{_PSI}",
    )
    + _MULTIPLIED
    + """\
    def scale(self, cosines, x):
        return cosines * x.norm(dim=1).unsqueeze(1)
"""
)

COSFACE = (
    _ANGULAR.format(
        title="CosFace",
        formula="    logits = 32 cos theta_k; the true class has cos theta_z - 0.35 alpha / 3.",
    )
    + """\
    def with_margin(self, cosine):
        return cosine - 0.35 / 3 * self.alpha

    def scale(self, cosines, x):
        return cosines * 32.0
"""
)

ARCFACE = (
    _ANGULAR.format(
        title="ArcFace",
        formula="""\
    logits = 32 cos theta_k; the true class has cos(theta_z + m) with m = 0.5 alpha / 3 radians,
    and cos theta_z - m sin m beyond theta_z = pi - m, so that the logit falls all the way.""",
    )
    + """\
    def with_margin(self, cosine):
        m = min(math.pi, 0.5 / 3 * self.alpha)
        # acos has an infinite slope at 1: stay a few roundings short of it.
        edge = 1.0 - 4 * torch.finfo(cosine.dtype).eps
        theta = torch.acos(cosine.clamp(-edge, edge))
        falling = torch.cos(theta) - m * math.sin(m)
        return torch.where(theta <= math.pi - m, torch.cos(theta + m), falling)

    def scale(self, cosines, x):
        return cosines * 32.0
"""
)

#: The text of each loss; of L-GM by its covariance.
LOSSES = {
    "softmax": SOFTMAX,
    "center": CENTER,
    "lgm-identity": LGM_IDENTITY,
    "lgm-isotropic": LGM_ISOTROPIC,
    "lgm-diagonal": LGM_DIAGONAL,
    "l-softmax": L_SOFTMAX,
    "sphereface": SPHEREFACE,
    "cosface": COSFACE,
    "arcface": ARCFACE,
}

#: What each loss is called and where it comes from, in the script's first lines.
PAPERS = {
    "softmax": "Plain softmax, the loss that the others are compared with.",
    "lgm": 'L-GM. Wan, Zhong, Li, Chen, "Rethinking Feature Distribution for Loss Functions in\n'
    'Image Classification", CVPR 2018.',
    "center": 'Center loss. Wen, Zhang, Li, Qiao, "A Discriminative Feature Learning Approach\n'
    'for Deep Face Recognition", ECCV 2016.',
    "l-softmax": 'L-Softmax. Liu, Wen, Yu, Yang, "Large-Margin Softmax Loss for Convolutional\n'
    'Neural Networks", ICML 2016.',
    "sphereface": 'SphereFace. Liu, Wen, Yu, Li, Raj, Song, "SphereFace: Deep Hypersphere\n'
    'Embedding for Face Recognition", CVPR 2017.',
    "cosface": 'CosFace. Wang et al., "CosFace: Large Margin Cosine Loss for Deep Face\n'
    'Recognition", CVPR 2018.',
    "arcface": 'ArcFace. Deng, Guo, Xue, Zafeiriou, "ArcFace: Additive Angular Margin Loss for\n'
    'Deep Face Recognition", CVPR 2019.',
}
