"""One file per model; importing this package registers them all, in the order of the lists on screen."""

from skinapp.models.zoo import unet  # noqa: F401, I001
from skinapp.models.zoo import unet_attention  # noqa: F401
from skinapp.models.zoo import deeplabv3  # noqa: F401
from skinapp.models.zoo import deeplabv3_attention  # noqa: F401
from skinapp.models.zoo import unetplusplus  # noqa: F401
from skinapp.models.zoo import unet_effb3  # noqa: F401
from skinapp.models.zoo import mobilenetv2_ham7  # noqa: F401
from skinapp.models.zoo import mobilenetv2_ham7_meta  # noqa: F401
from skinapp.models.zoo import efficientnetlite2_ham7  # noqa: F401
from skinapp.models.zoo import clipvit_ham7  # noqa: F401
from skinapp.models.zoo import vit_ham7  # noqa: F401
from skinapp.models.zoo import inceptionv3_ham7  # noqa: F401
from skinapp.models.zoo import densenet169_under  # noqa: F401
from skinapp.models.zoo import resnet50_over  # noqa: F401
from skinapp.models.zoo import resnet50_ham7  # noqa: F401
from skinapp.models.zoo import vgg16_ham7  # noqa: F401
from skinapp.models.zoo import committee_ham7  # noqa: F401
from skinapp.models.zoo import resnet50_vgg_binary  # noqa: F401
from skinapp.models.zoo import light_x4  # noqa: F401
from skinapp.models.zoo import light_x4_phone  # noqa: F401
from skinapp.models.zoo import srresnet_x4  # noqa: F401
from skinapp.models.zoo import srgan_x4  # noqa: F401
from skinapp.models.zoo import swin2sr_x4  # noqa: F401
from skinapp.models.zoo import tiny  # noqa: F401
from skinapp.models.hub_classifier import register_added
from skinapp.settings import settings

register_added(settings().fetched_dir)
